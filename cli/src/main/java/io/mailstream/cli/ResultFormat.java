package io.mailstream.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/** A result as a line for people or for programs. */
final class ResultFormat {

  private static final ObjectMapper JSON = new ObjectMapper();

  private ResultFormat() {}

  /** For people: status, recipient, request, and why. */
  static String line(SendResult result, Terminal terminal) {
    StringBuilder line = new StringBuilder();
    line.append("  ").append(result.getRecipient() == null ? "-" : result.getRecipient());
    line.append("  ").append(result.getRequestId());
    String reasons = result.getReasons().stream().map(Enum::name).collect(Collectors.joining(", "));
    if (!reasons.isEmpty()) {
      line.append("  ").append(reasons);
    }
    if (result.getDuplicateOf() != null) {
      line.append("  of ").append(result.getDuplicateOf());
    }
    if (result.getDetail() != null) {
      line.append("  ").append(result.getDetail());
    }
    if (result.getProviderMessageId() != null) {
      line.append("  ").append(result.getAccount()).append(' ');
      line.append(result.getProviderMessageId());
    }
    String status = "%-9s".formatted(result.getStatus());
    return terminal.in(colour(result.getStatus()), status) + printable(line.toString());
  }

  /** What came from a request must not move a terminal's cursor. */
  static String printable(String text) {
    return text.codePoints()
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static Terminal.Colour colour(ResultStatus status) {
    return switch (status) {
      case SENT -> Terminal.Colour.GREEN;
      case DUPLICATE, UNCERTAIN, CANCELLED, UNKNOWN -> Terminal.Colour.YELLOW;
      case REJECTED, FAILED, EXPIRED -> Terminal.Colour.RED;
    };
  }

  /** For programs: the record's fields by their names, those that are null left out. */
  static String json(SendResult result) {
    try {
      return JSON.writeValueAsString(object(result));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always JSON", e);
    }
  }

  private static ObjectNode object(SpecificRecord record) {
    ObjectNode object = JSON.createObjectNode();
    for (Schema.Field field : record.getSchema().getFields()) {
      Object value = record.get(field.pos());
      switch (value) {
        case null -> {}
        case Integer number -> object.put(field.name(), number);
        case Long number -> object.put(field.name(), number);
        case SpecificRecord nested -> object.set(field.name(), object(nested));
        case Map<?, ?> map -> {
          ObjectNode members = object.putObject(field.name());
          map.forEach((key, member) -> members.put(key.toString(), member.toString()));
        }
        case Collection<?> elements -> {
          ArrayNode array = object.putArray(field.name());
          elements.forEach(element -> array.add(element.toString()));
        }
        // Texts, enum symbols, and times in ISO 8601.
        default -> object.put(field.name(), value.toString());
      }
    }
    return object;
  }
}
