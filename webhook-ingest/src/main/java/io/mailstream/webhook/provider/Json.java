package io.mailstream.webhook.provider;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Looks into JSON of which nothing is certain. */
public final class Json {

  private static final double MAX_EPOCH_SECONDS = 253_402_300_799d;

  private Json() {}

  /** The text of a member; null where there is none. */
  public static String text(JsonNode object, String name) {
    JsonNode value = object.path(name);
    return value.isTextual() ? value.textValue() : null;
  }

  /** The texts in a list; what else is in it is passed over. */
  public static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    for (JsonNode item : list) {
      if (item.isTextual()) {
        texts.add(item.textValue());
      }
    }
    return texts;
  }

  /** The members of an object that are texts, numbers or truth values, as texts. */
  public static Map<String, String> scalars(JsonNode object) {
    Map<String, String> scalars = new TreeMap<>();
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      if (member.getValue().isValueNode() && !member.getValue().isNull()) {
        scalars.put(member.getKey(), member.getValue().asText());
      }
    }
    return scalars;
  }

  /** The time that a member says by RFC 3339; empty where it says none. */
  public static Optional<Instant> time(JsonNode object, String name) {
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

  /** The time that a member says in seconds since the epoch; empty where it says none. */
  public static Optional<Instant> epochSeconds(JsonNode object, String name) {
    JsonNode value = object.path(name);
    boolean isTime =
        value.isNumber() && value.doubleValue() >= 0 && value.doubleValue() <= MAX_EPOCH_SECONDS;
    return isTime
        ? Optional.of(Instant.ofEpochMilli(Math.round(value.doubleValue() * 1000)))
        : Optional.empty();
  }

  /** At most so many characters of a text; null stays null. */
  public static String clip(String text, int max) {
    return text == null || text.length() <= max ? text : text.substring(0, max);
  }
}
