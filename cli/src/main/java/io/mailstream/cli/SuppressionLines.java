package io.mailstream.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The list as lines of text: one JSON object a line, or CSV of RFC 4180 whose first line names the
 * columns, without line breaks inside values. CSV without such a line has one address a line.
 */
final class SuppressionLines {

  /** The fields, in the order of the columns; an import leaves the last two alone. */
  static final List<String> FIELDS =
      List.of(
          "address", "tenant", "stream", "reason", "expires_at", "note", "since", "source_event");

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Format format;
  private List<String> columns = List.of();

  /** How the lines are written. */
  enum Format {
    NDJSON,
    CSV;

    /** By a file's name; CSV only where it says so. */
    static Format of(String file) {
      String name = file.toLowerCase(Locale.ROOT);
      return name.endsWith(".csv") || name.endsWith(".txt") ? CSV : NDJSON;
    }
  }

  SuppressionLines(Format format) {
    this.format = format;
  }

  /** A line's fields, or what is wrong with it. */
  sealed interface Line {
    /** The fields that have a value. */
    record Fields(Map<String, String> values) implements Line {}

    /** Nothing to read: blank, or the names of the columns. */
    record Nothing() implements Line {}

    /** It cannot be read. */
    record Bad(String fault) implements Line {}
  }

  /** Reads the next line. */
  Line read(String line) {
    String text = line.strip().replace("\uFEFF", "");
    if (text.isEmpty()) {
      return new Line.Nothing();
    }
    return format == Format.NDJSON ? json(text) : csv(text);
  }

  private static Line json(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      if (!node.isObject()) {
        return new Line.Bad("is no JSON object");
      }
      Map<String, String> values = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        if (!FIELDS.contains(field.getKey())) {
          return new Line.Bad(unknown(field.getKey()));
        }
        if (!field.getValue().isNull()) {
          if (!field.getValue().isTextual()) {
            return new Line.Bad("%s is no text".formatted(field.getKey()));
          }
          put(values, field.getKey(), field.getValue().asText());
        }
      }
      return new Line.Fields(values);
    } catch (JsonProcessingException e) {
      return new Line.Bad("is not JSON: " + e.getOriginalMessage());
    }
  }

  private Line csv(String text) {
    Optional<List<String>> cells = cells(text);
    if (cells.isEmpty()) {
      return new Line.Bad("has a quote that is not closed");
    }
    if (columns.isEmpty()) {
      List<String> names =
          cells.get().stream().map(cell -> cell.strip().toLowerCase(Locale.ROOT)).toList();
      if (names.contains("address")) {
        columns = names;
        return new Line.Nothing();
      }
      columns = List.of("address");
    }
    for (String column : columns) {
      if (!FIELDS.contains(column)) {
        return new Line.Bad(unknown(column));
      }
    }
    if (cells.get().size() > columns.size()) {
      return new Line.Bad(
          "has %d values where there are %d columns".formatted(cells.get().size(), columns.size()));
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < cells.get().size(); i++) {
      put(values, columns.get(i), cells.get().get(i));
    }
    return new Line.Fields(values);
  }

  private static void put(Map<String, String> values, String field, String value) {
    if (!value.isBlank()) {
      values.put(field, value.strip());
    }
  }

  private static String unknown(String field) {
    return "has the field '%s', which is none of %s".formatted(field, String.join(", ", FIELDS));
  }

  private static Optional<List<String>> cells(String text) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        boolean doubled = quoted && i + 1 < text.length() && text.charAt(i + 1) == '"';
        if (doubled) {
          cell.append(c);
          i++;
        } else {
          quoted = !quoted;
        }
      } else if (c == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    cells.add(cell.toString());
    return quoted ? Optional.empty() : Optional.of(cells);
  }

  /** What comes before the first line; empty: nothing. */
  String head() {
    return format == Format.CSV ? String.join(",", FIELDS) + "\r\n" : "";
  }

  /** One entry as a line, with its end. */
  String write(Map<String, String> values) {
    if (format == Format.NDJSON) {
      ObjectNode node = JSON.createObjectNode();
      FIELDS.forEach(field -> {
        if (values.get(field) != null) {
          node.put(field, values.get(field));
        }
      });
      return node + "\n";
    }
    return String.join(
            ",", FIELDS.stream().map(field -> quoted(values.getOrDefault(field, ""))).toList())
        + "\r\n";
  }

  private static String quoted(String value) {
    String line = value.replaceAll("[\\r\\n]+", " ");
    boolean plain = line.chars().noneMatch(c -> c == '"' || c == ',');
    return plain ? line : '"' + line.replace("\"", "\"\"") + '"';
  }
}
