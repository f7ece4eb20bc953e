package io.mailstream.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * One mapping of the policy file, read key by key. A fault is noted with its path and reading goes
 * on with a stand-in, so that one run finds them all. {@link #close} notes the keys nobody read.
 */
final class PolicySection implements AutoCloseable {

  private final String path;
  private final JsonNode node;
  private final Collection<String> faults;
  private final Set<String> read = new HashSet<>();

  PolicySection(String path, JsonNode node, Collection<String> faults) {
    this.path = path;
    this.node = node;
    this.faults = faults;
    if (!node.isObject() && !isAbsent(node)) {
      fault(path, "is no mapping: write it as keys and values");
    }
  }

  String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  void fault(String where, String what) {
    faults.add((where.isEmpty() ? "the file" : where) + ": " + what);
  }

  boolean has(String key) {
    read.add(key);
    return !isAbsent(node.path(key));
  }

  PolicySection section(String key) {
    read.add(key);
    return new PolicySection(path(key), node.path(key), faults);
  }

  /** A mapping of names to sections of the same kind. */
  <T> Map<String, T> named(String key, Function<NamedSection, T> reader) {
    Map<String, T> all = new LinkedHashMap<>();
    PolicySection parent = section(key);
    parent
        .node
        .properties()
        .forEach(entry -> {
          String name = entry.getKey();
          try (PolicySection section =
              new PolicySection(parent.path(name), entry.getValue(), faults)) {
            if (!PolicyValues.isName(name)) {
              fault(parent.path(name), "is no name: use " + PolicyValues.NAME_RULE);
            }
            all.put(name, reader.apply(new NamedSection(name, section)));
          }
        });
    return all;
  }

  /** Whether a key has this very text. */
  boolean says(String key, String text) {
    return node.path(key).asText().strip().equals(text);
  }

  /** The keys of this mapping. */
  List<String> keys() {
    List<String> keys = new ArrayList<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /**
   * A scalar, parsed.
   *
   * @param allowed what is allowed, for the message where it cannot be parsed
   */
  <T> Optional<T> find(String key, String allowed, Function<String, Optional<T>> parser) {
    if (!has(key)) {
      return Optional.empty();
    }
    JsonNode value = node.path(key);
    Optional<T> parsed =
        value.isValueNode() ? parser.apply(value.asText().strip()) : Optional.empty();
    if (parsed.isEmpty()) {
      String shown = value.isValueNode() ? "'" + value.asText() + "'" : "a list or mapping";
      fault(path(key), "is " + shown + ": give " + allowed);
    }
    return parsed;
  }

  <T> T get(String key, T orElse, String allowed, Function<String, Optional<T>> parser) {
    return find(key, allowed, parser).orElse(orElse);
  }

  Optional<String> text(String key) {
    return find(key, "a text", value -> Optional.of(value).filter(text -> !text.isEmpty()));
  }

  Set<String> texts(String key) {
    Set<String> all = new LinkedHashSet<>();
    if (!has(key)) {
      return all;
    }
    JsonNode value = node.path(key);
    List<JsonNode> items = new ArrayList<>();
    if (value.isArray()) {
      value.forEach(items::add);
    } else {
      items.add(value);
    }
    for (JsonNode item : items) {
      if (item.isValueNode() && !item.asText().isBlank()) {
        all.add(item.asText().strip());
      } else {
        fault(path(key), "holds something that is no text: give a list of texts");
      }
    }
    return all;
  }

  /** All scalars of this mapping, whatever their keys. */
  Map<String, String> scalars() {
    Map<String, String> all = new LinkedHashMap<>();
    node.properties()
        .forEach(entry -> {
          read.add(entry.getKey());
          if (entry.getValue().isValueNode()) {
            all.put(entry.getKey(), entry.getValue().asText());
          } else {
            fault(path(entry.getKey()), "is a list or mapping: give one value");
          }
        });
    return all;
  }

  @Override
  public void close() {
    node.fieldNames()
        .forEachRemaining(key -> {
          if (!read.contains(key)) {
            fault(path(key), "is not known here: allowed are " + String.join(", ", sorted()));
          }
        });
  }

  private List<String> sorted() {
    return read.stream().sorted().toList();
  }

  private static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  /** A section with the name it stands under. */
  record NamedSection(String name, PolicySection section) {}
}
