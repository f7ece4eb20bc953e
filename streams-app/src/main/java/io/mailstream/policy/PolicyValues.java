package io.mailstream.policy;

import io.mailstream.schemas.RecipientKey;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The scalars of the policy file: durations, rates, sizes, names. */
final class PolicyValues {

  static final String DURATION_RULE = "a duration such as 500ms, 30s, 5m, 12h or 7d";
  static final String RATE_RULE = "a rate above 0 such as 14/s, 600/m, 5000/h or 3/d";
  static final String SIZE_RULE = "a size in bytes such as 262144, 256KiB or 8MiB";
  static final String NAME_RULE = "1 to 128 letters, digits, '.', '_' and '-'";

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9}) ?(ms|s|m|h|d)");
  private static final Pattern RATE = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,6})?) ?/ ?(s|m|h|d)");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9}) ?(B|KiB|MiB)?");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  private PolicyValues() {}

  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  static Optional<Duration> duration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return text.equals("0") ? Optional.of(Duration.ZERO) : Optional.empty();
    }
    long amount = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          case "h" -> Duration.ofHours(amount);
          default -> Duration.ofDays(amount);
        });
  }

  static Optional<Duration> positiveDuration(String text) {
    return duration(text).filter(Duration::isPositive);
  }

  /** Tokens a second. */
  static Optional<Double> rate(String text) {
    Matcher matcher = RATE.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    double seconds =
        switch (matcher.group(2)) {
          case "s" -> 1;
          case "m" -> 60;
          case "h" -> 3600;
          default -> 86_400;
        };
    return Optional.of(Double.parseDouble(matcher.group(1)) / seconds).filter(rate -> rate > 0);
  }

  static Optional<Integer> bytes(String text) {
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String unit = matcher.group(2) == null ? "B" : matcher.group(2);
    long factor =
        switch (unit) {
          case "KiB" -> 1024L;
          case "MiB" -> 1024L * 1024L;
          default -> 1L;
        };
    return Optional.of(Long.parseLong(matcher.group(1)) * factor)
        .filter(bytes -> bytes > 0 && bytes <= Integer.MAX_VALUE)
        .map(Long::intValue);
  }

  static Optional<Double> number(String text, double min, double max) {
    try {
      return Optional.of(Double.parseDouble(text)).filter(value -> value >= min && value <= max);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  static Optional<Integer> integer(String text, int min, int max) {
    try {
      return Optional.of(Integer.parseInt(text)).filter(value -> value >= min && value <= max);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  static Optional<Boolean> truth(String text) {
    return switch (text) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  /** A domain as From addresses are compared with it; a leading {@code *.} or {@code *} stays. */
  static Optional<String> fromDomain(String text) {
    String domain = text.toLowerCase(Locale.ROOT);
    if (domain.equals("*")) {
      return Optional.of(domain);
    }
    String wildcard = domain.startsWith("*.") ? "*." : "";
    return RecipientKey.find("x@" + domain.substring(wildcard.length()))
        .map(key -> wildcard + key.substring(2));
  }
}
