package io.mailstream.embedded.registry;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * The schemas, subjects and settings of a registry, in memory and, where a file is given, on disk
 * after each change, so that ids stay the same over restarts.
 *
 * <p>An id belongs to the text of a schema as Avro prints it: the same text under two subjects has
 * one id. Version n of a subject is the n-th schema registered under it.
 */
final class SchemaStore {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  private final Optional<Path> file;
  private final State state;

  private record State(
      @JsonProperty("schemas") List<String> schemas,
      @JsonProperty("subjects") Map<String, List<Integer>> subjects,
      @JsonProperty("compatibility") Map<String, CompatibilityLevel> compatibility,
      @JsonProperty("modes") Map<String, String> modes) {}

  /** A version of a subject. */
  record Version(String subject, int version, int id, String schema) {}

  private SchemaStore(Optional<Path> file, State state) {
    this.file = file;
    this.state = state;
  }

  /** What the file holds, or nothing yet. */
  static SchemaStore open(Optional<Path> file) {
    try {
      State state =
          file.isPresent() && Files.exists(file.get())
              ? JSON.readValue(file.get().toFile(), State.class)
              : new State(new ArrayList<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
      return new SchemaStore(file, state);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "embedded registry: cannot read %s: delete it to start with an empty registry"
              .formatted(file.orElseThrow()),
          e);
    }
  }

  synchronized List<String> subjects() {
    return List.copyOf(state.subjects().keySet());
  }

  synchronized List<Integer> versions(String subject) {
    return IntStream.rangeClosed(1, ids(subject).size()).boxed().toList();
  }

  /** One version; {@code latest} and {@code -1} are the newest. */
  synchronized Version version(String subject, String version) {
    List<Integer> ids = ids(subject);
    int number = number(version, ids.size());
    if (number > ids.size()) {
      throw RegistryFault.versionNotFound(number);
    }
    return at(subject, number);
  }

  /** Registers a schema, or finds it registered. */
  synchronized Version register(String subject, String text, boolean normalize) {
    Schema schema = parse(text);
    String canonical = canonical(schema, normalize);
    Optional<Version> known = find(subject, canonical);
    if (known.isPresent()) {
      return known.get();
    }
    if (mode(subject).equals("READONLY")) {
      throw RegistryFault.readOnly(subject);
    }
    List<Integer> ids = state.subjects().getOrDefault(subject, List.of());
    List<String> faults = compatibility(subject).faults(schema, schemas(ids));
    if (!faults.isEmpty()) {
      throw RegistryFault.incompatible(subject, faults);
    }
    int id = state.schemas().indexOf(canonical) + 1;
    if (id == 0) {
      state.schemas().add(canonical);
      id = state.schemas().size();
    }
    List<Integer> more = new ArrayList<>(ids);
    more.add(id);
    state.subjects().put(subject, more);
    save();
    return at(subject, more.size());
  }

  /** The version of a subject that has this schema. */
  synchronized Version lookUp(String subject, String text, boolean normalize) {
    ids(subject);
    return find(subject, canonical(parse(text), normalize))
        .orElseThrow(RegistryFault::schemaNotFound);
  }

  synchronized String schema(int id) {
    if (id < 1 || id > state.schemas().size()) {
      throw RegistryFault.schemaNotFound(id);
    }
    return state.schemas().get(id - 1);
  }

  /** Every version of any subject that has this id. */
  synchronized List<Version> versionsOf(int id) {
    schema(id);
    return state.subjects().keySet().stream()
        .flatMap(subject -> versions(subject).stream().map(number -> at(subject, number)))
        .filter(version -> version.id() == id)
        .toList();
  }

  /** What stands against a schema: held against one version, or against all by the level. */
  synchronized List<String> faults(String subject, Optional<String> version, String text) {
    Schema schema = parse(text);
    List<Integer> against =
        version.isPresent() ? List.of(version(subject, version.get()).id()) : ids(subject);
    return compatibility(subject).faults(schema, schemas(against));
  }

  /** The subject's own level, or the global one; subject "" is the global one. */
  synchronized CompatibilityLevel compatibility(String subject) {
    return ownCompatibility(subject)
        .orElseGet(() -> ownCompatibility("").orElse(CompatibilityLevel.BACKWARD));
  }

  synchronized Optional<CompatibilityLevel> ownCompatibility(String subject) {
    return Optional.ofNullable(state.compatibility().get(subject));
  }

  synchronized void setCompatibility(String subject, Optional<CompatibilityLevel> level) {
    level.ifPresentOrElse(
        set -> state.compatibility().put(subject, set),
        () -> state.compatibility().remove(subject));
    save();
  }

  /** The subject's own mode, or the global one; subject "" is the global one. */
  synchronized String mode(String subject) {
    return ownMode(subject).orElseGet(() -> ownMode("").orElse("READWRITE"));
  }

  synchronized Optional<String> ownMode(String subject) {
    return Optional.ofNullable(state.modes().get(subject));
  }

  synchronized void setMode(String subject, String mode) {
    if (!mode.equals("READWRITE") && !mode.equals("READONLY")) {
      throw RegistryFault.invalidMode(mode);
    }
    state.modes().put(subject, mode);
    save();
  }

  private List<Integer> ids(String subject) {
    List<Integer> ids = state.subjects().get(subject);
    if (ids == null) {
      throw RegistryFault.subjectNotFound(subject);
    }
    return ids;
  }

  private Version at(String subject, int number) {
    int id = state.subjects().get(subject).get(number - 1);
    return new Version(subject, number, id, schema(id));
  }

  private Optional<Version> find(String subject, String canonical) {
    return state.subjects().getOrDefault(subject, List.of()).stream()
        .filter(id -> schema(id).equals(canonical))
        .findFirst()
        .map(id -> at(subject, state.subjects().get(subject).indexOf(id) + 1));
  }

  private List<Schema> schemas(List<Integer> ids) {
    return ids.stream().map(id -> parse(schema(id))).toList();
  }

  private void save() {
    if (file.isEmpty()) {
      return;
    }
    try {
      Path target = file.get().toAbsolutePath();
      Files.createDirectories(target.getParent());
      Path draft = target.resolveSibling(target.getFileName() + ".new");
      JSON.writerWithDefaultPrettyPrinter().writeValue(draft.toFile(), state);
      Files.move(
          draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("embedded registry: cannot write " + file.get(), e);
    }
  }

  private static int number(String version, int latest) {
    if (version.equals("latest") || version.equals("-1")) {
      return latest;
    }
    try {
      int number = Integer.parseInt(version);
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw RegistryFault.invalidVersion(version);
    }
    throw RegistryFault.invalidVersion(version);
  }

  private static Schema parse(String text) {
    try {
      return new Schema.Parser().parse(text);
    } catch (AvroRuntimeException e) {
      throw RegistryFault.invalidSchema(e.getMessage());
    }
  }

  /** As Avro prints it; normalised means, beyond that, with the keys of its JSON in order. */
  private static String canonical(Schema schema, boolean normalize) {
    if (!normalize) {
      return schema.toString();
    }
    try {
      return JSON.writeValueAsString(JSON.readValue(schema.toString(), Object.class));
    } catch (JsonProcessingException e) {
      throw RegistryFault.invalidSchema(e.getMessage());
    }
  }
}
