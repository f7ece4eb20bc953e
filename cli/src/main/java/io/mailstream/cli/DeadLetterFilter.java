package io.mailstream.cli;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that say which dead letters; all of them must fit. */
final class DeadLetterFilter {

  private static final Pattern POSITION = Pattern.compile("\\d{1,9}@\\d{1,18}");

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Whose reason has this in it; capitals do not matter.")
  private String reason;

  @Option(
      names = "--origin",
      paramLabel = "TOPIC",
      description = "That came from this topic, such as mail.requests.bulk, or path.")
  private String origin;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description = "Written at or after this time: 2026-11-21T09:00:00Z, or 2h for two hours ago.")
  private Instant since;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description = "Written before this time.")
  private Instant until;

  @Option(
      names = "--at",
      paramLabel = "PARTITION@OFFSET",
      split = ",",
      converter = PositionConverter.class,
      description = "Only these, by their places in the topic of dead letters.")
  private List<String> positions = List.of();

  /** The one at a place. */
  static DeadLetterFilter at(String position) {
    DeadLetterFilter filter = new DeadLetterFilter();
    filter.positions = List.of(position);
    return filter;
  }

  boolean isAny() {
    return reason != null
        || origin != null
        || since != null
        || until != null
        || !positions.isEmpty();
  }

  boolean fits(DeadLetter letter) {
    return (reason == null
            || letter.reason().toLowerCase(Locale.ROOT).contains(reason.toLowerCase(Locale.ROOT)))
        && (origin == null || letter.originTopic().filter(origin::equals).isPresent())
        && (since == null || !letter.writtenAt().isBefore(since))
        && (until == null || letter.writtenAt().isBefore(until))
        && (positions.isEmpty() || positions.contains(letter.position()));
  }

  /** A time with its offset, or how long ago. */
  static final class TimeConverter implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      Instant now = Instant.now();
      return Times.duration(text)
          .map(now::minus)
          .or(() -> Times.instant(text, now))
          .orElseThrow(() ->
              new TypeConversionException(
                  "'%s' is no time: write 2026-11-21T09:00:00Z, or 2h for two hours ago"
                      .formatted(text)));
    }
  }

  /** A place in the topic. */
  static final class PositionConverter implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      if (!POSITION.matcher(text).matches()) {
        throw new TypeConversionException(
            "'%s' is no place: write PARTITION@OFFSET, as list shows it".formatted(text));
      }
      return text;
    }
  }
}
