package io.mailstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mailstream.v1.SendRequest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Utils;
import org.apache.pulsar.kafka.shade.avro.generic.GenericDatumReader;
import org.apache.pulsar.kafka.shade.avro.io.DecoderFactory;
import org.apache.pulsar.kafka.shade.io.confluent.kafka.serializers.KafkaAvroDeserializer;
import org.apache.pulsar.kafka.shade.io.confluent.kafka.serializers.KafkaAvroSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Confluent's own serializers decide what is right. */
class ConfluentOracleTest {

  private static final String TOPIC = "mail.requests.transactional";

  private TestRegistry registry;
  private ClassLoader contextLoader;

  @BeforeEach
  void start() throws Exception {
    registry = new TestRegistry("/apis/ccompat/v7");
    contextLoader = Thread.currentThread().getContextClassLoader();
    Thread.currentThread().setContextClassLoader(new ConfluentClasses());
  }

  @AfterEach
  void stop() {
    Thread.currentThread().setContextClassLoader(contextLoader);
    registry.close();
  }

  @Test
  void bytesAreEqualWhicheverRegistersFirst() throws Exception {
    byte[] ours = serializer(MailstreamAvroSerializer.class.getName()).serialize(TOPIC, request());

    byte[] theirs =
        serializer(ConfluentClasses.SERIALIZER, "avro.remove.java.properties", true)
            .serialize(TOPIC, request());

    assertThat(theirs).isEqualTo(ours);

    try (TestRegistry other = new TestRegistry()) {
      Map<String, Object> elsewhere = Map.of("schema.registry.url", other.url());
      byte[] theirsFirst =
          serializer(
                  ConfluentClasses.SERIALIZER,
                  Map.of("schema.registry.url", other.url(), "avro.remove.java.properties", true))
              .serialize(TOPIC, request());
      byte[] oursSecond =
          serializer(MailstreamAvroSerializer.class.getName(), elsewhere)
              .serialize(TOPIC, request());
      assertThat(oursSecond).isEqualTo(theirsFirst).isEqualTo(ours);
    }
  }

  @Test
  void eachReadsTheOthersGeneratedRecords() {
    byte[] ours = serializer(MailstreamAvroSerializer.class.getName()).serialize(TOPIC, request());
    byte[] theirs = serializer(ConfluentClasses.SERIALIZER).serialize(TOPIC, request());

    assertThat(
            deserializer(ConfluentClasses.DESERIALIZER, "specific.avro.reader", true)
                .deserialize(TOPIC, ours))
        .isEqualTo(request());
    assertThat(deserializer(MailstreamAvroDeserializer.class.getName()).deserialize(TOPIC, theirs))
        .isEqualTo(request());
  }

  @Test
  void eachReadsTheOthersGenericRecords() {
    byte[] ours = serializer(MailstreamAvroSerializer.class.getName()).serialize(TOPIC, request());

    Object theirRecord = deserializer(ConfluentClasses.DESERIALIZER).deserialize(TOPIC, ours);
    Object ourRecord =
        deserializer(MailstreamAvroDeserializer.class.getName(), "specific.avro.reader", false)
            .deserialize(TOPIC, ours);

    assertThat(ourRecord).isInstanceOf(GenericRecord.class).isEqualTo(theirRecord);
    assertThat(serializer(MailstreamAvroSerializer.class.getName()).serialize(TOPIC, theirRecord))
        .isEqualTo(ours);
    assertThat(serializer(ConfluentClasses.SERIALIZER).serialize(TOPIC, ourRecord)).isEqualTo(ours);
  }

  @Test
  void aProducerOnAnotherAvroIsReadAndReadsOurs() throws Exception {
    byte[] ours = serializer(MailstreamAvroSerializer.class.getName()).serialize(TOPIC, request());
    Map<String, Object> settings = Map.of("schema.registry.url", registry.url());
    var schema =
        new org.apache.pulsar.kafka.shade.avro.Schema.Parser()
            .parse(PortableSchema.of(SendRequest.getClassSchema()).toString());
    byte[] body = Arrays.copyOfRange(ours, 5, ours.length);
    Object foreign =
        new GenericDatumReader<>(schema).read(null, DecoderFactory.get().binaryDecoder(body, null));

    try (KafkaAvroSerializer serializer = new KafkaAvroSerializer();
        KafkaAvroDeserializer deserializer = new KafkaAvroDeserializer()) {
      serializer.configure(settings, false);
      deserializer.configure(settings, false);

      byte[] theirs = serializer.serialize(TOPIC, foreign);
      assertThat(theirs).isEqualTo(ours);
      assertThat(deserializer.deserialize(TOPIC, ours)).isEqualTo(foreign);
      assertThat(
              deserializer(MailstreamAvroDeserializer.class.getName()).deserialize(TOPIC, theirs))
          .isEqualTo(request());
    }
  }

  @Test
  void nothingIsNothingOnBothSides() {
    for (String name :
        new String[] {MailstreamAvroSerializer.class.getName(), ConfluentClasses.SERIALIZER}) {
      assertThat(serializer(name).serialize(TOPIC, null)).isNull();
    }
    for (String name :
        new String[] {MailstreamAvroDeserializer.class.getName(), ConfluentClasses.DESERIALIZER}) {
      assertThat(deserializer(name).deserialize(TOPIC, null)).isNull();
    }
  }

  @Test
  void theSwitchByClassNameNeedsNoOtherChange() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("schema.registry.url", registry.url());
    settings.put("auto.register.schemas", true);
    try (MailstreamAvroSerde<SpecificRecord> ours = new MailstreamAvroSerde<>();
        MailstreamAvroSerde<SpecificRecord> switched = new MailstreamAvroSerde<>()) {
      ours.configure(settings, false);
      settings.put("avro.serializer.class", ConfluentClasses.SERIALIZER);
      settings.put("avro.deserializer.class", ConfluentClasses.DESERIALIZER);
      settings.put("avro.remove.java.properties", true);
      switched.configure(settings, false);

      byte[] theirs = switched.serializer().serialize(TOPIC, request());
      byte[] bytes = ours.serializer().serialize(TOPIC, request());

      assertThat(theirs).isEqualTo(bytes);
      assertThat(switched.deserializer().deserialize(TOPIC, bytes)).isEqualTo(request());
      assertThat(ours.deserializer().deserialize(TOPIC, theirs)).isEqualTo(request());
    }
  }

  @Test
  void anOutageIsToldApartWithTheirClassesToo() {
    Map<String, Object> settings =
        Map.of(
            "schema.registry.url",
            registry.url(),
            "avro.serializer.class",
            ConfluentClasses.SERIALIZER,
            "avro.deserializer.class",
            ConfluentClasses.DESERIALIZER);
    try (MailstreamAvroSerde<SpecificRecord> switched = new MailstreamAvroSerde<>()) {
      switched.configure(settings, false);
      registry.close();

      assertThatExceptionOfType(RegistryUnavailableException.class)
          .isThrownBy(() -> switched.serializer().serialize(TOPIC, request()));
      assertThatExceptionOfType(RegistryUnavailableException.class)
          .isThrownBy(
              () -> switched.deserializer().deserialize(TOPIC, new byte[] {0, 0, 0, 0, 1, 0}));
      assertThatExceptionOfType(SerializationException.class)
          .isThrownBy(() -> switched.deserializer().deserialize(TOPIC, new byte[] {7, 0, 0, 0, 1}));
    }
  }

  private static SendRequest request() {
    return Samples.request();
  }

  private Serializer<Object> serializer(String className, Object... more) {
    return serializer(className, settings(more));
  }

  @SuppressWarnings("unchecked")
  private static Serializer<Object> serializer(String className, Map<String, Object> settings) {
    try {
      Serializer<Object> serializer = Utils.newInstance(className, Serializer.class);
      serializer.configure(settings, false);
      return serializer;
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings("unchecked")
  private Deserializer<Object> deserializer(String className, Object... more) {
    try {
      Deserializer<Object> deserializer = Utils.newInstance(className, Deserializer.class);
      deserializer.configure(settings(more), false);
      return deserializer;
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private Map<String, Object> settings(Object... more) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("schema.registry.url", registry.url());
    for (int i = 0; i < more.length; i += 2) {
      settings.put((String) more[i], more[i + 1]);
    }
    return settings;
  }
}
