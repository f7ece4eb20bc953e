package io.mailstream.deployment;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads YAML without mercy: a key that comes twice is an error, and a field that a model does not
 * have is one too. The models of fabric8 and Strimzi keep unknown fields in a map of their own,
 * which would let every misspelling pass; here that map is switched off.
 */
public final class StrictYaml {

  private static final ObjectMapper MAPPER =
      YAMLMapper.builder(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .annotationIntrospector(new NoAnySetter())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private StrictYaml() {}

  /** The documents of a stream, empty ones left out; a list stands for its elements. */
  public static List<JsonNode> documents(String yaml) {
    List<JsonNode> documents = new ArrayList<>();
    try (var values = MAPPER.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
      while (values.hasNextValue()) {
        JsonNode document = values.nextValue();
        if (!isEmpty(document)) {
          documents.add(document);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return documents;
  }

  /** A document of comments alone is read as an empty text. */
  private static boolean isEmpty(JsonNode document) {
    return document == null
        || document.isNull()
        || document.isMissingNode()
        || (document.isTextual() && document.asText().isBlank());
  }

  /**
   * A document as a model has it.
   *
   * @throws IllegalArgumentException if it has a field that the model does not have, or a value of
   *     another type; the message names the path of the field
   */
  public static <T> T as(JsonNode document, Class<T> model) {
    try {
      return MAPPER.treeToValue(document, model);
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** A model or tree as YAML, for messages and files of tests. */
  public static String text(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class NoAnySetter extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    @Override
    public Boolean hasAnySetter(Annotated annotated) {
      return Boolean.FALSE;
    }
  }
}
