package io.mailstream.deployment.kustomize;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.mailstream.deployment.StrictYaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** YAML files of Kubernetes objects. */
public final class Manifests {

  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private Manifests() {}

  /**
   * The one document of a text, which may be a list.
   *
   * @throws IllegalArgumentException if it is no YAML, or a key stands twice
   */
  static JsonNode document(String text) {
    try {
      return YAML.readTree(text);
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** The directory of the project, above this module's. */
  public static Path projectRoot() {
    return Path.of(System.getProperty("basedir", "")).toAbsolutePath().getParent();
  }

  /**
   * The documents of a file.
   *
   * @throws IllegalArgumentException if it is no YAML, or a key stands twice
   */
  static List<JsonNode> read(Path file) {
    try {
      return parse(Files.readString(file));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The documents of a text.
   *
   * @throws IllegalArgumentException if it is no YAML, or a key stands twice
   */
  public static List<JsonNode> parse(String text) {
    try {
      return StrictYaml.documents(text);
    } catch (UncheckedIOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
