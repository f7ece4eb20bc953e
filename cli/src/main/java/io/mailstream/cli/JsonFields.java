package io.mailstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.runtime.config.NearestName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads the members of one JSON object and collects all that is wrong with them, each by its path.
 */
final class JsonFields {

  private final JsonNode object;
  private final String path;
  private final List<String> faults;

  JsonFields(JsonNode object, String path, List<String> faults) {
    this.object = object;
    this.path = path;
    this.faults = faults;
  }

  /** Whether a member is there and not null. */
  boolean has(String name) {
    return object.hasNonNull(name);
  }

  JsonNode get(String name) {
    return object.get(name);
  }

  void fault(String name, String what) {
    faults.add(pathOf(name) + ": " + what);
  }

  String pathOf(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  List<String> faults() {
    return faults;
  }

  /** Members that are not among the known ones are faults: a misspelt one would go unnoticed. */
  void allowOnly(Set<String> known) {
    object
        .fieldNames()
        .forEachRemaining(name -> {
          if (!known.contains(name)) {
            String hint =
                NearestName.find(name, known)
                    .map(nearest -> "did you mean %s?".formatted(nearest))
                    .orElseGet(() -> "there are " + String.join(", ", new TreeSet<>(known)));
            fault(name, "no such field; " + hint);
          }
        });
  }

  String required(String name) {
    String text = optional(name);
    if (text == null && !has(name)) {
      fault(name, "is missing");
    }
    return text;
  }

  String optional(String name) {
    return has(name) ? text(name, object.get(name)) : null;
  }

  private String text(String name, JsonNode value) {
    if (!value.isTextual()) {
      fault(name, "give a text in quotes");
      return null;
    }
    return value.textValue();
  }

  /** An ISO 8601 time, {@code +10m} from now, or milliseconds since the epoch. */
  Instant time(String name, Instant now) {
    if (!has(name)) {
      return null;
    }
    JsonNode value = object.get(name);
    if (value.isIntegralNumber()) {
      return Instant.ofEpochMilli(value.longValue());
    }
    Optional<Instant> time =
        value.isTextual() ? Times.instant(value.textValue(), now) : Optional.empty();
    if (time.isEmpty()) {
      fault(name, "give a time such as 2026-11-21T09:00:00Z, +10m, or milliseconds since 1970");
    }
    return time.orElse(null);
  }

  <E extends Enum<E>> E choice(String name, Class<E> type, Set<E> allowed, E fallback) {
    String text = optional(name);
    if (text == null) {
      return fallback;
    }
    Optional<E> found =
        Arrays.stream(type.getEnumConstants())
            .filter(allowed::contains)
            .filter(value -> value.name().equals(text.toUpperCase(Locale.ROOT)))
            .findFirst();
    if (found.isEmpty()) {
      fault(name, "'%s' is none of %s".formatted(text, allowed));
    }
    return found.orElse(fallback);
  }

  /** A map of texts. */
  Map<String, String> map(String name) {
    Map<String, String> map = new LinkedHashMap<>();
    if (!has(name)) {
      return map;
    }
    if (!object.get(name).isObject()) {
      fault(name, "give an object of texts");
      return map;
    }
    object
        .get(name)
        .properties()
        .forEach(entry -> {
          JsonNode value = entry.getValue();
          if (value.isValueNode() && !value.isNull()) {
            map.put(entry.getKey(), value.asText());
          } else {
            fault(name + "." + entry.getKey(), "give a text");
          }
        });
    return map;
  }

  /** The elements of an array, or the one value that stands in place of an array of one. */
  List<JsonNode> list(String name) {
    if (!has(name)) {
      return List.of();
    }
    JsonNode value = object.get(name);
    if (!value.isArray()) {
      return List.of(value);
    }
    List<JsonNode> elements = new ArrayList<>();
    value.forEach(elements::add);
    return elements;
  }

  /** Bytes in Base64. */
  byte[] bytes(String name) {
    String text = required(name);
    if (text == null) {
      return null;
    }
    try {
      return Base64.getMimeDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      fault(name, "is not Base64");
      return null;
    }
  }
}
