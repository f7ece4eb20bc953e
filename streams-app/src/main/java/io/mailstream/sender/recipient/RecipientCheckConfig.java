package io.mailstream.sender.recipient;

import io.mailstream.dns.DnsResolver;
import io.mailstream.dns.DnsSettings;
import io.mailstream.runtime.config.ServiceConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.utils.Utils;

/**
 * The settings of the check of recipients, below {@code sender.recipient.check}.
 *
 * @param kind {@code none}, {@code dns}, or the name of a class
 * @param timeout how long mail waits for a verdict
 * @param dns how the DNS is asked
 * @param disposableFile the list of disposable domains; empty: none
 * @param typos what to do with a domain that looks like a slip
 * @param custom what is handed to a class of the user's own
 */
public record RecipientCheckConfig(
    String kind,
    Duration timeout,
    DnsSettings dns,
    Optional<Path> disposableFile,
    String typos,
    Map<String, Object> custom) {

  /** Prefix of settings for a class of the user's own. */
  public static final String CUSTOM_PREFIX = "sender.recipient.check.custom.";

  /** Which check. */
  public static final String CHECK = "sender.recipient.check";

  static final String TIMEOUT = "sender.recipient.check.timeout.ms";

  /** The DNS servers. */
  public static final String SERVERS = "sender.recipient.check.dns.servers";

  static final String ENTRIES = "sender.recipient.check.dns.cache.entries";
  static final String TTL = "sender.recipient.check.dns.cache.max.ms";
  static final String NEGATIVE_TTL = "sender.recipient.check.dns.cache.negative.max.ms";

  /** The list of disposable domains. */
  public static final String DISPOSABLE_FILE = "sender.recipient.check.disposable.file";

  /** What to do with slips. */
  public static final String TYPOS = "sender.recipient.check.typos";

  private static final String NONE = "none";
  private static final String DNS = "dns";
  private static final int DNS_PORT = 53;

  /** Adds the settings to those of the sender. */
  public static ConfigDef define(ConfigDef def) {
    return defineDns(def)
        .define(
            CHECK,
            Type.STRING,
            NONE,
            new NonEmptyString(),
            Importance.MEDIUM,
            "Whether a recipient is checked before its mail is given to the ESP. none: it is not."
                + " dns: its domain must take mail, see the other settings of this name. Else the"
                + " name of a class that implements RecipientCheck, such as one that asks a"
                + " commercial API. Without an answer in time, mail goes.")
        .define(
            TIMEOUT,
            Type.LONG,
            1_000,
            Range.between(10, 4_000),
            Importance.LOW,
            "How long a mail waits for the check of its recipient, in milliseconds; then it goes.")
        .define(
            DISPOSABLE_FILE,
            Type.STRING,
            "",
            Importance.MEDIUM,
            "With dns: a file of domains, one a line, whose mail is refused with DISPOSABLE_DOMAIN;"
                + " what is below them counts too. It is read at the start.")
        .define(
            TYPOS,
            Type.STRING,
            "report",
            ValidString.in("off", "report", "refuse"),
            Importance.LOW,
            "With dns: what is done where a domain is one slip away from that of a large mailbox"
                + " provider, as gmial.com is. report: the detail of the result says so. refuse:"
                + " the mail is refused with MISSPELT_DOMAIN, also where the domain is right and"
                + " only looks like that. off: nothing.");
  }

  private static ConfigDef defineDns(ConfigDef def) {
    return def.define(
            SERVERS,
            Type.LIST,
            "",
            new Servers(),
            Importance.MEDIUM,
            "With dns: the DNS servers to ask, as IP addresses with or without :port, separated by"
                + " commas. Empty: the system's.")
        .define(
            ENTRIES,
            Type.INT,
            50_000,
            Range.between(100, 10_000_000),
            Importance.LOW,
            "With dns: the most answers that are kept.")
        .define(
            TTL,
            Type.LONG,
            3_600_000,
            Range.between(0, 86_400_000),
            Importance.LOW,
            "With dns: the longest that an answer is kept, in milliseconds; its own time to live"
                + " may be shorter.")
        .define(
            NEGATIVE_TTL,
            Type.LONG,
            300_000,
            Range.between(0, 86_400_000),
            Importance.LOW,
            "With dns: the longest that is kept that there is no such record, in milliseconds.");
  }

  /** The part of a service's configuration. */
  public static RecipientCheckConfig of(ServiceConfig config) {
    Duration timeout = Duration.ofMillis(config.getLong(TIMEOUT));
    return new RecipientCheckConfig(
        config.getString(CHECK),
        timeout,
        new DnsSettings(
            config.getList(SERVERS).stream().map(RecipientCheckConfig::server).toList(),
            timeout,
            config.getInt(ENTRIES),
            Duration.ofMillis(config.getLong(TTL)),
            Duration.ofMillis(config.getLong(NEGATIVE_TTL))),
        Optional.of(config.getString(DISPOSABLE_FILE).strip())
            .filter(file -> !file.isEmpty())
            .map(Path::of),
        config.getString(TYPOS),
        config.passThrough(CUSTOM_PREFIX));
  }

  /**
   * The check that is configured.
   *
   * @return empty: none is
   * @throws IllegalArgumentException if the class or a file is not there, or its settings are wrong
   */
  Optional<RecipientCheck> create() {
    return switch (kind) {
      case NONE -> Optional.empty();
      case DNS ->
          Optional.of(
              new DnsRecipientCheck(
                  DnsResolver.create(dns),
                  disposableFile.map(DomainList::read).orElse(DomainList.NONE),
                  new Typos(DomainList.resource("mailbox-providers.txt")),
                  DnsRecipientCheck.OnTypo.valueOf(typos.toUpperCase(Locale.ROOT))));
      default -> Optional.of(own());
    };
  }

  private RecipientCheck own() {
    try {
      RecipientCheck check = Utils.newInstance(kind, RecipientCheck.class);
      check.configure(custom);
      return check;
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(
          "the class %s named by %s is not on the class path; none and dns are built in"
              .formatted(kind, CHECK),
          e);
    }
  }

  private static InetSocketAddress server(String text) {
    int colon = text.lastIndexOf(':');
    boolean hasPort = colon > 0 && (text.indexOf(':') == colon || text.charAt(colon - 1) == ']');
    String host = (hasPort ? text.substring(0, colon) : text).replaceAll("^\\[|]$", "");
    int port = hasPort ? Integer.parseInt(text.substring(colon + 1)) : DNS_PORT;
    return new InetSocketAddress(InetAddress.ofLiteral(host), port);
  }

  /** Addresses of servers, never names: those would need a server themselves. */
  private static final class Servers implements ConfigDef.Validator {

    @Override
    public void ensureValid(String name, Object value) {
      for (Object server : (List<?>) value) {
        try {
          server((String) server);
        } catch (IllegalArgumentException e) {
          throw new ConfigException(
              name, server, "give IP addresses, such as 192.0.2.53 or 192.0.2.53:5353");
        }
      }
    }

    @Override
    public String toString() {
      return "IP addresses, with or without :port";
    }
  }
}
