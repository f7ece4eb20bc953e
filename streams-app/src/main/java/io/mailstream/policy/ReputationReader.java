package io.mailstream.policy;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code reputation} of the file, a tenant or a stream. */
final class ReputationReader {

  private static final String KEY = "reputation";
  private static final String NONE = "none";
  private static final String UNTIL_RESUMED = "until_resumed";
  private static final String RATE_RULE = "a share in percent, such as 5% or 0.3%";
  private static final Pattern PERCENT = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,6})?)\\s*%");
  private static final Duration WINDOW = Duration.ofHours(1);
  private static final int MIN_MAILS = 1_000;

  private ReputationReader() {}

  /** The rule; absent: the default; {@code none}: none. */
  static Optional<ReputationRule> find(PolicySection parent, Optional<ReputationRule> orElse) {
    if (!parent.has(KEY)) {
      return orElse;
    }
    if (parent.says(KEY, NONE)) {
      return Optional.empty();
    }
    try (PolicySection section = parent.section(KEY)) {
      OptionalDouble bounces = rate(section, "max_bounce_rate");
      OptionalDouble complaints = rate(section, "max_complaint_rate");
      if (bounces.isEmpty() && complaints.isEmpty()) {
        section.fault(
            section.path("max_bounce_rate"),
            "is missing, as is max_complaint_rate: give one of them, " + RATE_RULE);
      }
      return Optional.of(
          new ReputationRule(
              section.get(
                  "window",
                  WINDOW,
                  PolicyValues.DURATION_RULE + ", from 1m to 7d",
                  text ->
                      PolicyValues.duration(text)
                          .filter(given ->
                              given.compareTo(Duration.ofMinutes(1)) >= 0
                                  && given.compareTo(Duration.ofDays(7)) <= 0)),
              section.get(
                  "min_mails",
                  MIN_MAILS,
                  "a number from 1 to 1000000000",
                  text -> PolicyValues.integer(text, 1, 1_000_000_000)),
              bounces,
              complaints,
              section.says("pause", UNTIL_RESUMED) && section.has("pause")
                  ? Optional.empty()
                  : Optional.of(
                      section.get(
                          "pause",
                          Duration.ofHours(1),
                          PolicyValues.DURATION_RULE + ", above 0, or " + UNTIL_RESUMED,
                          PolicyValues::positiveDuration))));
    }
  }

  private static OptionalDouble rate(PolicySection section, String key) {
    return section
        .find(key, RATE_RULE, ReputationReader::share)
        .map(OptionalDouble::of)
        .orElse(OptionalDouble.empty());
  }

  private static Optional<Double> share(String text) {
    Matcher matcher = PERCENT.matcher(text);
    return matcher.matches()
        ? Optional.of(Double.parseDouble(matcher.group(1)) / 100)
            .filter(share -> share > 0 && share <= 1)
        : Optional.empty();
  }
}
