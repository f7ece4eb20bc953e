package io.mailstream.webhook.bounce;

import io.mailstream.v1.BounceCategory;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One line of the rules.
 *
 * @param category what a bounce is that fits
 * @param status the enhanced status code it must have; empty: any or none
 * @param phrases of which the words must have one; empty: whatever the words are
 */
record BounceRule(BounceCategory category, Optional<Pattern> status, List<String> phrases) {

  private static final String ANY = "-";

  BounceRule {
    phrases = List.copyOf(phrases);
  }

  /**
   * Reads a line: category, enhanced status code with x for any number or - for no condition, and
   * phrases separated by commas.
   *
   * @throws IllegalArgumentException if it is none, with the reason
   */
  static BounceRule parse(String line) {
    String[] columns = line.strip().split("\\s+", 3);
    if (columns.length < 2) {
      throw new IllegalArgumentException("a rule has a category and a status: '" + line + "'");
    }
    List<String> phrases =
        columns.length == 2
            ? List.of()
            : Arrays.stream(columns[2].split(",")).map(String::strip).toList();
    if (columns[1].equals(ANY) && phrases.isEmpty()) {
      throw new IllegalArgumentException("a rule has a condition: '" + line + "'");
    }
    return new BounceRule(BounceCategory.valueOf(columns[0]), status(columns[1]), phrases);
  }

  private static Optional<Pattern> status(String text) {
    if (text.equals(ANY)) {
      return Optional.empty();
    }
    if (!text.matches("[x245]\\.(x|\\d{1,3})\\.(x|\\d{1,3})")) {
      throw new IllegalArgumentException("no enhanced status code: '" + text + "'");
    }
    return Optional.of(Pattern.compile(text.replace(".", "\\.").replace("x", "\\d+")));
  }

  boolean fits(SmtpReply reply) {
    return status
            .map(
                pattern -> reply.status().filter(one -> pattern.matcher(one).matches()).isPresent())
            .orElse(true)
        && (phrases.isEmpty() || phrases.stream().anyMatch(reply.words()::contains));
  }
}
