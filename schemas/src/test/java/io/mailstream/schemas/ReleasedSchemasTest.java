package io.mailstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.schemas.serde.PortableSchema;
import io.mailstream.v1.AccountState;
import io.mailstream.v1.Cancellation;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import io.mailstream.v1.StreamActivity;
import io.mailstream.v1.StreamCommand;
import io.mailstream.v1.Suppression;
import io.mailstream.v1.SuppressionCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaFormatter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the schemas against everything that was released. With the system property {@code
 * mailstream.release=<version>} it writes {@code released/<version>/} first: before a release, or
 * while that version is still in the making.
 */
class ReleasedSchemasTest {

  private static final Path RELEASED = Path.of("released");
  private static final String WRITE = "mailstream.release";

  /** The version in the making: what lies there must be what is built. */
  private static final String CURRENT = "1.0";

  @BeforeAll
  static void writeWhereAsked() throws IOException {
    String version = System.getProperty(WRITE);
    if (version != null) {
      Files.createDirectories(RELEASED.resolve(version));
      for (Schema schema : current().toList()) {
        Files.writeString(
            RELEASED.resolve(version).resolve(schema.getName() + ".avsc"),
            SchemaFormatter.format("json/pretty", schema) + "\n");
      }
    }
  }

  static Stream<Schema> current() {
    return Stream.of(
            SendRequest.getClassSchema(),
            Delivery.getClassSchema(),
            Deferral.getClassSchema(),
            SendResult.getClassSchema(),
            FeedbackEvent.getClassSchema(),
            Cancellation.getClassSchema(),
            SuppressionCommand.getClassSchema(),
            Suppression.getClassSchema(),
            AccountState.getClassSchema(),
            StreamActivity.getClassSchema(),
            StreamCommand.getClassSchema())
        .map(PortableSchema::of);
  }

  static Stream<Path> released() throws IOException {
    try (Stream<Path> files = Files.walk(RELEASED)) {
      return files.filter(file -> file.toString().endsWith(".avsc")).sorted().toList().stream();
    }
  }

  @Test
  void theVersionInTheMakingIsAsBuilt() throws IOException {
    for (Schema schema : current().toList()) {
      Path file = RELEASED.resolve(CURRENT).resolve(schema.getName() + ".avsc");
      assertThat(file)
          .as("%s differs from the schemas: write it with -D%s=%s", file, WRITE, CURRENT)
          .exists()
          .content()
          .isEqualTo(SchemaFormatter.format("json/pretty", schema) + "\n");
    }
  }

  @ParameterizedTest
  @MethodSource("released")
  void whatWasReleasedReadsAndIsReadByWhatIsBuilt(Path file) throws IOException {
    Schema released = new Schema.Parser().parse(file.toFile());
    Schema built =
        current()
            .filter(schema -> schema.getFullName().equals(released.getFullName()))
            .findFirst()
            .orElseThrow(() -> new AssertionError(file + " was released and is built no more"));

    assertThat(incompatibilities(built, released)).as("built reads %s", file).isEmpty();
    assertThat(incompatibilities(released, built)).as("%s reads built", file).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("released")
  void whatIsReleasedStandsAloneAndHoldsNothingOfJava(Path file) throws IOException {
    Schema schema = new Schema.Parser().parse(file.toFile());

    assertThat(schema.getName() + ".avsc").isEqualTo(file.getFileName().toString());
    assertThat(PortableSchema.of(schema).toString()).isEqualTo(schema.toString());
    assertThat(Files.readString(file)).doesNotContain("java");
  }

  @ParameterizedTest
  @MethodSource("current")
  void everyTypeAndEveryFieldIsDocumented(Schema schema) {
    List<String> undocumented = new ArrayList<>();
    collect(schema, undocumented, new HashSet<>());

    assertThat(undocumented).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("current")
  void everyEnumHasADefaultSoThatANewSymbolBreaksNoReader(Schema schema) {
    assertThat(named(schema, new HashSet<>()))
        .filteredOn(type -> type.getType() == Schema.Type.ENUM)
        .allSatisfy(type -> assertThat(type.getEnumDefault()).as(type.getFullName()).isNotNull());
  }

  private static List<?> incompatibilities(Schema reader, Schema writer) {
    var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
    return result.getType() == SchemaCompatibilityType.COMPATIBLE
        ? List.of()
        : result.getResult().getIncompatibilities();
  }

  private static void collect(Schema schema, List<String> undocumented, Set<Schema> seen) {
    for (Schema type : named(schema, seen)) {
      if (type.getDoc() == null || type.getDoc().isBlank()) {
        undocumented.add(type.getFullName());
      }
      if (type.getType() == Schema.Type.RECORD) {
        type.getFields().stream()
            .filter(field -> field.doc() == null || field.doc().isBlank())
            .forEach(field -> undocumented.add(type.getFullName() + "." + field.name()));
      }
    }
  }

  /** Every record and enum that a schema is made of. */
  private static Set<Schema> named(Schema schema, Set<Schema> seen) {
    switch (schema.getType()) {
      case RECORD -> {
        if (seen.add(schema)) {
          schema.getFields().forEach(field -> named(field.schema(), seen));
        }
      }
      case ENUM, FIXED -> seen.add(schema);
      case ARRAY -> named(schema.getElementType(), seen);
      case MAP -> named(schema.getValueType(), seen);
      case UNION -> schema.getTypes().forEach(type -> named(type, seen));
      default -> {}
    }
    return seen;
  }
}
