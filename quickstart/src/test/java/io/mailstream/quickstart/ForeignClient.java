package io.mailstream.quickstart;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.pulsar.kafka.shade.avro.Schema;
import org.apache.pulsar.kafka.shade.avro.generic.GenericData;
import org.apache.pulsar.kafka.shade.avro.generic.GenericRecord;
import org.apache.pulsar.kafka.shade.avro.generic.GenericRecordBuilder;
import org.apache.pulsar.kafka.shade.io.confluent.kafka.serializers.KafkaAvroDeserializer;
import org.apache.pulsar.kafka.shade.io.confluent.kafka.serializers.KafkaAvroSerializer;

/**
 * An application that has nothing of ours but the published schema: Confluent's serializers, its
 * own Avro, no key.
 */
final class ForeignClient {

  private static final Path SCHEMA = Path.of("../schemas/released/1.0/SendRequest.avsc");

  private final Map<String, Object> settings;

  ForeignClient(LocalSystem system) {
    settings =
        Map.of(
            "bootstrap.servers",
            system.bootstrapServers(),
            "schema.registry.url",
            system.registryUrl(),
            "auto.register.schemas",
            false,
            "use.latest.version",
            true,
            "key.serializer",
            StringSerializer.class,
            "value.serializer",
            KafkaAvroSerializer.class,
            "key.deserializer",
            ByteArrayDeserializer.class,
            "value.deserializer",
            KafkaAvroDeserializer.class,
            "isolation.level",
            "read_committed",
            "auto.offset.reset",
            "earliest");
  }

  /** Produces a request, and returns when the broker has it. */
  void send(String topic, String requestId, String address) throws Exception {
    try (KafkaProducer<String, Object> producer = new KafkaProducer<>(settings)) {
      producer.send(new ProducerRecord<>(topic, request(requestId, address))).get();
    }
  }

  /** The status of a request's first result, as text; nothing if there is none in time. */
  Optional<String> status(String topic, String requestId, Duration within) {
    long deadline = System.nanoTime() + within.toNanos();
    try (KafkaConsumer<byte[], Object> consumer = new KafkaConsumer<>(settings)) {
      consumer.assign(
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList());
      while (System.nanoTime() < deadline) {
        for (ConsumerRecord<byte[], Object> result : consumer.poll(Duration.ofMillis(100))) {
          GenericRecord value = (GenericRecord) result.value();
          if (requestId.equals(value.get("request_id").toString())) {
            return Optional.of(value.get("status").toString());
          }
        }
      }
    }
    return Optional.empty();
  }

  private static GenericRecord request(String requestId, String address) throws IOException {
    Schema schema = new Schema.Parser().parse(SCHEMA.toFile());
    Schema content =
        schema.getField("content").schema().getTypes().stream()
            .filter(type -> type.getName().equals("InlineContent"))
            .findFirst()
            .orElseThrow();
    return new GenericRecordBuilder(schema)
        .set("request_id", requestId)
        .set("tenant", MailClient.TENANT)
        .set("stream", "password-reset")
        .set(
            "from",
            new GenericRecordBuilder(schema.getField("from").schema())
                .set("address", "no-reply@example.com")
                .build())
        .set("to", List.of(recipient(schema.getField("to").schema().getElementType(), address)))
        .set("subject", "From somebody else")
        .set("content", new GenericRecordBuilder(content).set("text", "Not our code.\n").build())
        .build();
  }

  private static GenericData.Record recipient(Schema schema, String address) {
    return new GenericRecordBuilder(schema).set("address", address).build();
  }
}
