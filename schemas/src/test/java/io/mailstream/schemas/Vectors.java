package io.mailstream.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The published vectors. */
final class Vectors {

  private static final Path DIRECTORY = Path.of("vectors");

  private Vectors() {}

  static Stream<JsonNode> of(String file, String list) {
    try {
      JsonNode json = new ObjectMapper().readTree(DIRECTORY.resolve(file).toFile());
      return StreamSupport.stream(json.required(list).spliterator(), false);
    } catch (IOException e) {
      throw new IllegalStateException(file + " cannot be read from the module's directory", e);
    }
  }
}
