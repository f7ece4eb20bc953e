package io.mailstream.cli;

import io.mailstream.dns.DnsResolver;
import io.mailstream.dns.DnsSettings;
import io.mailstream.dns.doctor.Doctor;
import io.mailstream.dns.doctor.Esp;
import io.mailstream.dns.doctor.Examination;
import io.mailstream.dns.doctor.Finding;
import io.mailstream.dns.doctor.HttpsPolicyFetcher;
import io.mailstream.dns.doctor.Severity;
import io.mailstream.schemas.RecipientKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Examines the DNS records of a domain that sends mail: SPF, DKIM, DMARC, alignment, MX,"
          + " MTA-STS, TLS-RPT, BIMI, the names of own relays, and what an ESP wants.",
      "Says what is wrong, why it matters, and the record to publish. It needs no Kafka."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:no errors; with --strict: no warnings either",
      "1:there are errors; with --strict: or warnings",
      "2:the command line is wrong; nothing was looked up",
      "3:some of it could not be looked up, and the rest has no errors"
    })
final class DoctorCommand implements Callable<Integer> {

  private static final int DNS_PORT = 53;

  private final Terminal terminal;

  @Parameters(
      paramLabel = "DOMAIN",
      converter = DomainConverter.class,
      description = "The domain in From.")
  private String domain;

  @Option(
      names = "--selector",
      paramLabel = "NAME",
      description =
          "A DKIM selector that mail is signed with; may be given several times (default: those of"
              + " --esp, or the usual ones that there are).")
  private List<String> selectors = List.of();

  @Option(
      names = "--dkim-domain",
      paramLabel = "DOMAIN",
      converter = DomainConverter.class,
      description = "The domain that signs, d= (default: DOMAIN).")
  private String dkimDomain;

  @Option(
      names = "--mail-from",
      paramLabel = "DOMAIN",
      converter = DomainConverter.class,
      description =
          "The domain of the envelope sender, where bounces go: the return-path or MAIL FROM domain"
              + " (default: DOMAIN).")
  private String mailFrom;

  @Option(
      names = "--esp",
      description = "The ESP that sends, for what it wants published: ${COMPLETION-CANDIDATES}.")
  private Esp esp;

  @Option(
      names = "--relay-ip",
      paramLabel = "ADDRESS",
      converter = AddressConverter.class,
      description = "The address of a relay of your own; may be given several times.")
  private List<InetAddress> relays = List.of();

  @Option(
      names = "--resolver",
      paramLabel = "HOST[:PORT]",
      converter = ServerConverter.class,
      description =
          "The DNS server to ask, by its address; may be given several times (default: the"
              + " system's).")
  private List<InetSocketAddress> resolvers = List.of();

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "10s",
      converter = Times.DurationConverter.class,
      description = "How long one look-up may take (default: ${DEFAULT-VALUE}).")
  private Duration timeout;

  @Option(names = "--strict", description = "Warnings count as errors.")
  private boolean strict;

  @Option(names = "--json", description = "One JSON object with all findings.")
  private boolean json;

  DoctorCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Doctor doctor =
        new Doctor(
            DnsResolver.create(DnsSettings.once(resolvers, timeout)),
            new HttpsPolicyFetcher(timeout));
    List<Finding> findings =
        doctor.examine(
            new Examination(
                domain,
                Optional.ofNullable(mailFrom),
                dkimDomain == null ? domain : dkimDomain,
                selectors,
                Optional.ofNullable(esp),
                relays));
    if (json) {
      terminal.out().println(DoctorFormat.json(domain, findings));
    } else {
      DoctorFormat.print(domain, findings, terminal);
    }
    return status(findings);
  }

  private int status(List<Finding> findings) {
    Severity worst =
        findings.stream().map(Finding::severity).max(Severity::compareTo).orElse(Severity.OK);
    boolean warned = findings.stream().anyMatch(finding -> finding.severity() == Severity.WARNING);
    if (worst == Severity.ERROR || (strict && warned)) {
      return Exit.NOT_AS_HOPED;
    }
    return worst == Severity.UNKNOWN ? Exit.UNAVAILABLE : Exit.OK;
  }

  /** A domain in its canonical form. */
  static final class DomainConverter implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
      return RecipientKey.find("x@" + name)
          .map(key -> key.substring(2))
          .filter(found -> !found.startsWith("[") && !name.contains("@"))
          .orElseThrow(() ->
              new TypeConversionException(
                  "'%s' is no domain: write example.com".formatted(ResultFormat.printable(text))));
    }
  }

  /** An IP address, never a name. */
  static final class AddressConverter implements ITypeConverter<InetAddress> {
    @Override
    public InetAddress convert(String text) {
      try {
        return InetAddress.ofLiteral(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(
            "'%s' is no IP address: write 192.0.2.1 or 2001:db8::1"
                .formatted(ResultFormat.printable(text)));
      }
    }
  }

  /** An IP address with a port, or without: {@code [::1]:53} for IPv6 with one. */
  static final class ServerConverter implements ITypeConverter<InetSocketAddress> {
    @Override
    public InetSocketAddress convert(String text) {
      int colon = text.lastIndexOf(':');
      boolean hasPort = colon > 0 && (text.indexOf(':') == colon || text.charAt(colon - 1) == ']');
      String host = hasPort ? text.substring(0, colon) : text;
      try {
        int port = hasPort ? Integer.parseInt(text.substring(colon + 1)) : DNS_PORT;
        return new InetSocketAddress(InetAddress.ofLiteral(host.replaceAll("^\\[|]$", "")), port);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(
            "'%s' is no address of a DNS server: write 192.0.2.53, 192.0.2.53:53 or [2001:db8::53]:53"
                .formatted(ResultFormat.printable(text)));
      }
    }
  }
}
