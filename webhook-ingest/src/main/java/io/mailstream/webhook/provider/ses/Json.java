package io.mailstream.webhook.provider.ses;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** Looks into JSON of which nothing is certain. */
final class Json {

  private Json() {}

  /** The text of a member; null where there is none. */
  static String text(JsonNode object, String name) {
    JsonNode value = object.path(name);
    return value.isTextual() ? value.textValue() : null;
  }

  /** The time that a member says; empty where it says none. */
  static Optional<Instant> time(JsonNode object, String name) {
    String text = text(object, name);
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** At most so many characters of a text; null stays null. */
  static String clip(String text, int max) {
    return text == null || text.length() <= max ? text : text.substring(0, max);
  }
}
