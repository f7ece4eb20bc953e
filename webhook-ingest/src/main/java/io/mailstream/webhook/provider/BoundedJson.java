package io.mailstream.webhook.provider;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Optional;

/**
 * JSON from outside: depth and lengths are bounded, and a name that comes twice in an object is a
 * fault, since two readers may differ in which of the two they take.
 */
public final class BoundedJson {

  private static final int MAX_DEPTH = 32;
  private static final int MAX_STRING = 1024 * 1024;
  private static final int MAX_NUMBER = 64;
  private static final int MAX_NAME = 4096;

  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(MAX_STRING)
                          .maxNumberLength(MAX_NUMBER)
                          .maxNameLength(MAX_NAME)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private BoundedJson() {}

  /** The object; empty: it is not JSON within the bounds, or no object. */
  public static Optional<JsonNode> object(byte[] json) {
    return read(json).filter(JsonNode::isObject);
  }

  /** The array; empty: it is not JSON within the bounds, or no array. */
  public static Optional<JsonNode> array(byte[] json) {
    return read(json).filter(JsonNode::isArray);
  }

  private static Optional<JsonNode> read(byte[] json) {
    try {
      return Optional.ofNullable(MAPPER.readTree(json));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
