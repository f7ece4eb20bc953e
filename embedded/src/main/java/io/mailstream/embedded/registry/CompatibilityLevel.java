package io.mailstream.embedded.registry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;

/** How far a new version of a schema must get on with the earlier ones. */
enum CompatibilityLevel {
  NONE(false, false, false),
  BACKWARD(true, false, false),
  BACKWARD_TRANSITIVE(true, false, true),
  FORWARD(false, true, false),
  FORWARD_TRANSITIVE(false, true, true),
  FULL(true, true, false),
  FULL_TRANSITIVE(true, true, true);

  private final boolean readsOld;
  private final boolean isReadByOld;
  private final boolean transitive;

  CompatibilityLevel(boolean readsOld, boolean isReadByOld, boolean transitive) {
    this.readsOld = readsOld;
    this.isReadByOld = isReadByOld;
    this.transitive = transitive;
  }

  static Optional<CompatibilityLevel> find(String name) {
    for (CompatibilityLevel level : values()) {
      if (level.name().equalsIgnoreCase(name)) {
        return Optional.of(level);
      }
    }
    return Optional.empty();
  }

  /**
   * What stands against a new version.
   *
   * @param earlier the versions that there are, oldest first
   * @return one line a fault; empty if the schema is compatible
   */
  List<String> faults(Schema schema, List<Schema> earlier) {
    List<String> faults = new ArrayList<>();
    List<Schema> newestFirst = new ArrayList<>(earlier);
    Collections.reverse(newestFirst);
    for (Schema old : transitive ? newestFirst : newestFirst.stream().limit(1).toList()) {
      if (readsOld) {
        addFaults(schema, old, faults);
      }
      if (isReadByOld) {
        addFaults(old, schema, faults);
      }
    }
    return faults;
  }

  private static void addFaults(Schema reader, Schema writer, List<String> faults) {
    SchemaPairCompatibility pair =
        SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
    pair.getResult()
        .getIncompatibilities()
        .forEach(fault ->
            faults.add(
                "%s at %s: %s"
                    .formatted(fault.getType(), fault.getLocation(), fault.getMessage())));
  }
}
