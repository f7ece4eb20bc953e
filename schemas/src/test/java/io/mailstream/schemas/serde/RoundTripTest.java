package io.mailstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.v1.SendRequest;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoundTripTest {

  @Test
  void aRecordComesBackAsItWasWritten() throws Exception {
    try (TestRegistry registry = new TestRegistry();
        MailstreamAvroSerde<SendRequest> serde = new MailstreamAvroSerde<>(SendRequest.class)) {
      serde.configure(Map.of("schema.registry.url", registry.url()), false);

      byte[] bytes = serde.serializer().serialize("mail.requests.bulk", Samples.request());

      assertThat(serde.deserializer().deserialize("mail.requests.bulk", bytes))
          .isEqualTo(Samples.request());
      assertThat(bytes).startsWith(0, 0, 0, 0, 1);
      assertThat(registry.compatibilityOf("mail.requests.bulk-value")).isEqualTo("FULL_TRANSITIVE");
      assertThat(registry.schema(1).toString()).doesNotContain("java");
    }
  }
}
