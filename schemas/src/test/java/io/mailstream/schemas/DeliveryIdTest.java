package io.mailstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DeliveryIdTest {

  static Stream<JsonNode> vectors() {
    return Vectors.of("delivery-id.json", "vectors");
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void idsAreAsPublished(JsonNode vector) {
    String id =
        DeliveryId.of(
            vector.required("tenant").asText(),
            vector.required("idempotency_key").asText(),
            vector.required("recipient_key").asText());

    assertThat(id).isEqualTo(vector.required("delivery_id").asText()).matches("[0-9a-f]{32}");
  }

  @org.junit.jupiter.api.Test
  void noTwoVectorsShareAnId() {
    assertThat(vectors().map(vector -> vector.required("delivery_id").asText()))
        .doesNotHaveDuplicates();
  }
}
