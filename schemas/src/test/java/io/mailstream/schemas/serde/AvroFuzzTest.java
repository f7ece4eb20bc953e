package io.mailstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SuppressionCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Records out of anything: read, or refused as undecodable, and never anything else; what was read
 * can be written. See docs/testing.md.
 */
class AvroFuzzTest {

  private static final String TOPIC = "mail.requests.bulk";
  private static final List<Schema> SCHEMAS =
      List.of(
          SendRequest.getClassSchema(),
          FeedbackEvent.getClassSchema(),
          SuppressionCommand.getClassSchema());
  private static final TestRegistry REGISTRY = registry();
  private static final MailstreamAvroSerializer SERIALIZER = new MailstreamAvroSerializer();
  private static final MailstreamAvroDeserializer DESERIALIZER = new MailstreamAvroDeserializer();

  static {
    Map<String, String> config = Map.of("schema.registry.url", REGISTRY.url());
    SERIALIZER.configure(config, false);
    DESERIALIZER.configure(config, false);
  }

  private static TestRegistry registry() {
    try {
      TestRegistry registry = new TestRegistry();
      SCHEMAS.forEach(
          schema -> registry.register("subject-" + schema.getName(), schema.toString()));
      return registry;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The body of a record whose schema is known. */
  @FuzzTest(maxDuration = "10m")
  void aBodyIsReadOrRefused(FuzzedDataProvider data) {
    int id = data.consumeInt(1, SCHEMAS.size());
    byte[] body = data.consumeRemainingAsBytes();
    check(
        new RecordHeaders(),
        ByteBuffer.allocate(5 + body.length).put((byte) 0).putInt(id).put(body).array());
  }

  /** All of it: the magic byte, the id, the header that names a schema. */
  @FuzzTest(maxDuration = "10m")
  void aRecordIsReadOrRefused(FuzzedDataProvider data) {
    RecordHeaders headers = new RecordHeaders();
    if (data.consumeBoolean()) {
      headers.add("__value_schema_id", data.consumeBytes(20));
    }
    check(headers, data.consumeRemainingAsBytes());
  }

  private static void check(RecordHeaders headers, byte[] bytes) {
    Object read;
    try {
      read = DESERIALIZER.deserialize(TOPIC, headers, bytes);
    } catch (SerializationException e) {
      assertThat(e).hasMessageContaining(TOPIC);
      return;
    }
    String topic = ((SpecificRecord) read).getSchema().getName();
    byte[] written = SERIALIZER.serialize(topic, read);
    assertThat(DESERIALIZER.deserialize(topic, written)).isEqualTo(read);
  }
}
