package io.mailstream.sender.provider.common;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/** The Retry-After header field (RFC 9110, section 10.2.3). */
public final class RetryAfter {

  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  private RetryAfter() {}

  /**
   * When to come back.
   *
   * @param field the field's value, a number of seconds or an HTTP date
   * @param most what is believed at most
   * @return empty where there is no field, or one that says nothing about the future
   */
  public static Optional<Instant> parse(Optional<String> field, Instant now, Duration most) {
    return field
        .map(String::strip)
        .flatMap(value -> instant(value, now))
        .filter(now::isBefore)
        .map(instant -> instant.isAfter(now.plus(most)) ? now.plus(most) : instant);
  }

  private static Optional<Instant> instant(String value, Instant now) {
    if (SECONDS.matcher(value).matches()) {
      return Optional.of(now.plusSeconds(Long.parseLong(value)));
    }
    try {
      return Optional.of(
          ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty(); // what cannot be read is as good as absent
    }
  }
}
