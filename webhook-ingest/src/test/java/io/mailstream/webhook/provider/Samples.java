package io.mailstream.webhook.provider;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The ESPs' own samples; where they are absent, a test is skipped. */
public final class Samples {

  private static final Path ROOT = Path.of("../../shared/fixtures/webhooks");
  private static final ObjectMapper JSON = new ObjectMapper();

  private Samples() {}

  /** One sample. */
  public static JsonNode read(String path) {
    Path file = ROOT.resolve(path);
    assumeTrue(Files.exists(file), "no sample at " + file.toAbsolutePath());
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The bytes of one sample. */
  public static byte[] bytes(String path) {
    read(path);
    try {
      return Files.readAllBytes(ROOT.resolve(path));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The paths of all samples of an ESP. */
  public static List<String> all(String folder) {
    Path directory = ROOT.resolve(folder);
    assumeTrue(Files.isDirectory(directory), "no samples at " + directory.toAbsolutePath());
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> folder + "/" + file.getFileName()).sorted().toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
