package io.mailstream.sender.provider.common;

import io.mailstream.policy.Account;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what an account has been given: its settings in the policies and its credentials in the
 * sender's configuration. A fault is noted and reading goes on with a stand-in, so that {@link
 * #end} reports them all at once. No fault quotes a credential.
 */
public final class AccountSettings {

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m)");
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

  private final Account account;
  private final Map<String, String> credentials;
  private final String esp;
  private final TreeSet<String> known = new TreeSet<>();
  private final List<String> faults = new ArrayList<>();

  /**
   * A reader of one account.
   *
   * @param credentials the sender's configuration below {@code accounts.}, by its full keys
   * @param esp the ESP's name, for people
   */
  public AccountSettings(Account account, Map<String, String> credentials, String esp) {
    this.account = account;
    this.credentials = credentials;
    this.esp = esp;
  }

  /** The account's name. */
  public String account() {
    return account.name();
  }

  /** Notes a fault: what, where and what to do. */
  public void fault(String what) {
    faults.add(what);
  }

  /** A text that may be left out. */
  public Optional<String> text(String key, Pattern pattern, String allowed) {
    Optional<String> value = find(key);
    value
        .filter(text -> !pattern.matcher(text).matches())
        .ifPresent(text -> fault("%s is '%s': give %s".formatted(key, text, allowed)));
    return value;
  }

  /** A text that must be there; empty where it is not. */
  public String requiredText(String key, Pattern pattern, String allowed) {
    Optional<String> value = text(key, pattern, allowed);
    if (value.isEmpty()) {
      fault(key + " is missing: give " + allowed);
    }
    return value.orElse("");
  }

  /** One of some words; the constants of an enum in lower case. */
  public <E extends Enum<E>> Optional<E> choice(String key, Class<E> type) {
    Optional<String> value = find(key);
    Optional<E> choice =
        value.flatMap(text ->
            Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst());
    if (value.isPresent() && choice.isEmpty()) {
      fault(
          "%s is '%s': give one of %s"
              .formatted(
                  key,
                  value.get(),
                  Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT)));
    }
    return choice;
  }

  /** An address of HTTP. */
  public Optional<URI> uri(String key) {
    Optional<String> value = find(key);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    try {
      URI uri = URI.create(value.get());
      boolean http = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      if (http && uri.getHost() != null && uri.getUserInfo() == null) {
        return Optional.of(uri);
      }
    } catch (IllegalArgumentException e) {
      // told below, like every other value that is no address
    }
    fault("%s is no http(s)://host[:port] address: correct it".formatted(key));
    return Optional.empty();
  }

  /** A duration above zero. */
  public Duration duration(String key, Duration otherwise, Duration most) {
    Optional<String> value = find(key);
    if (value.isEmpty()) {
      return otherwise;
    }
    Matcher matcher = DURATION.matcher(value.get());
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
    fault(
        "%s is '%s': give a duration such as 500ms, 10s or 1m, at most %d s"
            .formatted(key, value.get(), most.toSeconds()));
    return otherwise;
  }

  /** A whole number. */
  public int number(String key, int otherwise, int least, int most) {
    Optional<String> value = find(key);
    if (value.isEmpty()) {
      return otherwise;
    }
    if (value.get().matches("[0-9]{1,9}")) {
      int n = Integer.parseInt(value.get());
      if (n >= least && n <= most) {
        return n;
      }
    }
    fault("%s is '%s': give a number from %d to %d".formatted(key, value.get(), least, most));
    return otherwise;
  }

  /** A credential that may be left out. */
  public Optional<String> credential(String key) {
    String value = credentials.getOrDefault(credentialKey(key), "").strip();
    if (value.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
      fault(credentialKey(key) + " has control characters: give one line of text");
    }
    return value.isEmpty() ? Optional.empty() : Optional.of(value);
  }

  /** A credential that must be there; empty where it is not. */
  public String requiredCredential(String key, String what) {
    Optional<String> value = credential(key);
    if (value.isEmpty()) {
      fault(
          "%s is missing in the sender's configuration: give %s"
              .formatted(credentialKey(key), what));
    }
    return value.orElse("");
  }

  /** The full key of a credential in the sender's configuration. */
  public String credentialKey(String key) {
    return "accounts." + account.name() + "." + key;
  }

  /** Whether a host is this machine, by its name alone. */
  public static boolean isLoopback(String host) {
    return LOOPBACK.contains(host.toLowerCase(Locale.ROOT));
  }

  /**
   * Ends the reading.
   *
   * @throws IllegalArgumentException naming every fault, and every setting that nobody read
   */
  public void end() {
    for (String key : account.settings().keySet()) {
      if (!known.contains(key)) {
        fault("%s is no setting of %s: give one of %s".formatted(key, esp, known));
      }
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(
          "account %s: %s".formatted(account.name(), String.join("; ", faults)));
    }
  }

  private Optional<String> find(String key) {
    known.add(key);
    String value = account.settings().get(key);
    return value == null || value.isBlank() ? Optional.empty() : Optional.of(value.strip());
  }
}
