package io.mailstream.sender.provider.ses;

import io.mailstream.policy.Account;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings of an SES account.
 *
 * @param region the AWS region, such as eu-west-1
 * @param endpoint another address than the region's own
 * @param configurationSet the configuration set that publishes events; empty: the account's default
 * @param callTimeout how long a call may take in all before its outcome counts as unknown
 * @param connectTimeout how long a connection and its TLS handshake may take
 * @param idleTimeout how long an unused connection is kept; below the server's own
 * @param maxConnections the most connections at once, at least the sender's open sends
 * @param credentials what the sender's configuration holds; empty: AWS's default chain
 */
record SesSettings(
    String region,
    Optional<URI> endpoint,
    Optional<String> configurationSet,
    Duration callTimeout,
    Duration connectTimeout,
    Duration idleTimeout,
    int maxConnections,
    Optional<Credentials> credentials) {

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m)");
  private static final Pattern REGION = Pattern.compile("[a-z]{2}(-[a-z]{2,16}){1,3}-[0-9]{1,2}");
  private static final Pattern CONFIGURATION_SET = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /** Keys of AWS. The secret and the token are never part of a text. */
  record Credentials(String accessKeyId, String secretAccessKey, Optional<String> sessionToken) {
    @Override
    public String toString() {
      return "Credentials[hidden]";
    }
  }

  /**
   * Reads the settings of an account.
   *
   * @throws IllegalArgumentException naming every fault at once
   */
  static SesSettings of(Account account, Map<String, String> senderConfig) {
    Reader reader = new Reader(account);
    SesSettings settings =
        new SesSettings(
            reader.text("region", REGION, "an AWS region such as eu-west-1").orElse(""),
            reader.uri("endpoint"),
            reader.text(
                "configuration_set",
                CONFIGURATION_SET,
                "1 to 64 letters, digits, hyphens or underscores"),
            reader.duration("call_timeout", Duration.ofSeconds(20), Duration.ofMinutes(5)),
            reader.duration("connect_timeout", Duration.ofSeconds(3), Duration.ofMinutes(1)),
            reader.duration("idle_timeout", Duration.ofSeconds(20), Duration.ofMinutes(5)),
            reader.number("max_connections", 1024, 1, 20_000),
            credentials(account.name(), senderConfig, reader.faults));
    reader.end();
    return settings;
  }

  private static Optional<Credentials> credentials(
      String account, Map<String, String> senderConfig, List<String> faults) {
    String prefix = "accounts." + account + ".";
    String id = senderConfig.getOrDefault(prefix + "access.key.id", "").strip();
    String secret = senderConfig.getOrDefault(prefix + "secret.access.key", "").strip();
    String token = senderConfig.getOrDefault(prefix + "session.token", "").strip();
    if (id.isEmpty() && secret.isEmpty() && token.isEmpty()) {
      return Optional.empty();
    }
    if (id.isEmpty() || secret.isEmpty()) {
      faults.add(
          "%saccess.key.id and %ssecret.access.key belong together: give both, or none of them"
                  .formatted(prefix, prefix)
              + " and leave it to AWS's default chain");
      return Optional.empty();
    }
    return Optional.of(
        new Credentials(id, secret, token.isEmpty() ? Optional.empty() : Optional.of(token)));
  }

  /** Reads settings and gathers faults. */
  private static final class Reader {

    private final Account account;
    private final Map<String, String> settings;
    private final TreeSet<String> known = new TreeSet<>();
    private final List<String> faults = new ArrayList<>();

    Reader(Account account) {
      this.account = account;
      this.settings = account.settings();
    }

    Optional<String> text(String key, Pattern pattern, String allowed) {
      known.add(key);
      String value = settings.get(key);
      if (value == null || value.isBlank()) {
        if (key.equals("region")) {
          faults.add(key + " is missing: give " + allowed);
        }
        return Optional.empty();
      }
      if (!pattern.matcher(value.strip()).matches()) {
        faults.add("%s is '%s': give %s".formatted(key, value, allowed));
      }
      return Optional.of(value.strip());
    }

    Optional<URI> uri(String key) {
      known.add(key);
      String value = settings.get(key);
      if (value == null || value.isBlank()) {
        return Optional.empty();
      }
      try {
        URI uri = URI.create(value.strip());
        boolean http = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
        if (http && uri.getHost() != null && uri.getUserInfo() == null) {
          return Optional.of(uri);
        }
      } catch (IllegalArgumentException e) {
        // told below, like every other value that is no address
      }
      faults.add("%s is no http(s)://host[:port] address: correct it".formatted(key));
      return Optional.empty();
    }

    Duration duration(String key, Duration otherwise, Duration most) {
      known.add(key);
      String value = settings.get(key);
      if (value == null) {
        return otherwise;
      }
      Matcher matcher = DURATION.matcher(value.strip());
      if (matcher.matches()) {
        long n = Long.parseLong(matcher.group(1));
        Duration duration =
            switch (matcher.group(2)) {
              case "ms" -> Duration.ofMillis(n);
              case "s" -> Duration.ofSeconds(n);
              default -> Duration.ofMinutes(n);
            };
        if (duration.isPositive() && duration.compareTo(most) <= 0) {
          return duration;
        }
      }
      faults.add(
          "%s is '%s': give a duration such as 500ms, 10s or 1m, at most %d s"
              .formatted(key, value, most.toSeconds()));
      return otherwise;
    }

    int number(String key, int otherwise, int least, int most) {
      known.add(key);
      String value = settings.get(key);
      if (value == null) {
        return otherwise;
      }
      if (value.strip().matches("[0-9]{1,9}")) {
        int n = Integer.parseInt(value.strip());
        if (n >= least && n <= most) {
          return n;
        }
      }
      faults.add("%s is '%s': give a number from %d to %d".formatted(key, value, least, most));
      return otherwise;
    }

    void end() {
      for (String key : settings.keySet()) {
        if (!known.contains(key)) {
          faults.add("%s is no setting of SES: give one of %s".formatted(key, known));
        }
      }
      if (!faults.isEmpty()) {
        throw new IllegalArgumentException(
            "account %s: %s".formatted(account.name(), String.join("; ", faults)));
      }
    }
  }
}
