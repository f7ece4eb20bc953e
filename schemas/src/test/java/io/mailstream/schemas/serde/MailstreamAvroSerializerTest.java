package io.mailstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mailstream.v1.SendRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MailstreamAvroSerializerTest {

  private static final String TOPIC = "mail.requests.bulk";
  private static final String SUBJECT = TOPIC + "-value";
  private static final String PATH = "/subjects/" + SUBJECT;

  private TestRegistry registry;

  @BeforeEach
  void start() throws Exception {
    registry = new TestRegistry();
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @Test
  void registersOnceAndHoldsANewSubjectToFullTransitive() {
    MailstreamAvroSerializer serializer = serializer(Map.of());

    for (int i = 0; i < 3; i++) {
      serializer.serialize(TOPIC, Samples.request());
    }

    assertThat(registry.asked())
        .extracting(asked -> asked.method() + " " + asked.path())
        .containsExactly("POST " + PATH, "PUT /config/" + SUBJECT, "POST " + PATH + "/versions");
    assertThat(registry.compatibilityOf(SUBJECT)).isEqualTo("FULL_TRANSITIVE");
  }

  @Test
  void aSchemaThatIsThereIsOnlyLookedUp() {
    int id = registry.register(SUBJECT, portable());

    byte[] bytes = serializer(Map.of()).serialize(TOPIC, Samples.request());

    assertThat(bytes).startsWith(0, 0, 0, 0, id);
    assertThat(registry.asked()).extracting(TestRegistry.Asked::path).containsExactly(PATH);
    assertThat(registry.compatibilityOf(SUBJECT)).isNull();
  }

  @Test
  void keysHaveASubjectOfTheirOwn() {
    MailstreamAvroSerializer serializer = new MailstreamAvroSerializer();
    serializer.configure(Map.of("schema.registry.url", registry.url()), true);

    serializer.serialize(TOPIC, Samples.request());

    assertThat(registry.asked().get(0).path()).isEqualTo("/subjects/" + TOPIC + "-key");
  }

  @Test
  void whatIsRegisteredHoldsNothingOfJava() {
    serializer(Map.of()).serialize(TOPIC, Samples.request());

    assertThat(SendRequest.getClassSchema().toString()).contains("avro.java.string");
    assertThat(registry.schema(1).toString()).doesNotContain("java");
    assertThat(registry.schema(1).getDoc()).isEqualTo(SendRequest.getClassSchema().getDoc());
    assertThat(registry.schema(1).getField("send_at").doc()).isNotBlank();
  }

  @Test
  void subjectsOfOtherRecordsKeepTheRegistrysCompatibility() {
    Schema schema = schema("{'name': 'a', 'type': 'int'}");
    GenericRecord datum = new GenericData.Record(schema);
    datum.put("a", 1);

    serializer(Map.of()).serialize("other", datum);

    assertThat(registry.compatibilityOf("other-value")).isNull();
  }

  @Test
  void copiesOfASchemaCostNoRequest() {
    MailstreamAvroSerializer serializer = serializer(Map.of());
    for (int i = 0; i < 5; i++) {
      GenericRecord datum = new GenericData.Record(schema("{'name': 'a', 'type': 'int'}"));
      datum.put("a", i);
      serializer.serialize("other", datum);
    }

    assertThat(registry.asked()).hasSize(2);
  }

  @Test
  void withoutRegistrationAMissingSchemaIsAnErrorThatSaysSo() {
    MailstreamAvroSerializer serializer = serializer(Map.of("auto.register.schemas", "false"));

    assertThatExceptionOfType(SerializationException.class)
        .isThrownBy(() -> serializer.serialize(TOPIC, Samples.request()))
        .withMessageContaining(SUBJECT)
        .withMessageContaining("auto.register.schemas is false");

    int id = registry.register(SUBJECT, portable());
    assertThat(serializer.serialize(TOPIC, Samples.request())).startsWith(0, 0, 0, 0, id);
  }

  @Test
  void anIncompatibleSchemaIsAnErrorThatNamesTheSubject() {
    registry.register(
        SUBJECT,
        portable()
            .replaceFirst(
                "\"name\":\"tenant\",\"type\":\"string\"", "\"name\":\"tenant\",\"type\":\"int\""));

    assertThatExceptionOfType(SerializationException.class)
        .isThrownBy(() -> serializer(Map.of()).serialize(TOPIC, Samples.request()))
        .withMessageContaining("incompatible with what subject " + SUBJECT + " has")
        .withMessageContaining(registry.url());
  }

  @Test
  void theLatestSchemaIsUsedWhereItIsAskedFor() {
    String newer =
        portable()
            .replaceFirst(
                "\"fields\":\\[",
                "\"fields\":[{\"name\":\"priority\",\"type\":\"int\",\"default\":7},");
    registry.register(SUBJECT, portable());
    int latest = registry.register(SUBJECT, newer);

    byte[] bytes =
        serializer(Map.of("auto.register.schemas", false, "use.latest.version", true))
            .serialize(TOPIC, Samples.request());

    assertThat(bytes).startsWith(0, 0, 0, 0, latest);
    GenericRecord generic =
        (GenericRecord)
            deserializer(Map.of("specific.avro.reader", false)).deserialize(TOPIC, bytes);
    assertThat(generic.get("priority")).isEqualTo(7);
    assertThat(generic.get("tenant")).hasToString("shop");
    assertThat(deserializer(Map.of()).deserialize(TOPIC, bytes)).isEqualTo(Samples.request());
  }

  @Test
  void aLatestSchemaThatCannotTakeTheRecordIsAnError() {
    registry.register(
        SUBJECT,
        portable()
            .replaceFirst(
                "\"fields\":\\[", "\"fields\":[{\"name\":\"priority\",\"type\":\"int\"},"));

    assertThatExceptionOfType(SerializationException.class)
        .isThrownBy(() ->
            serializer(Map.of("auto.register.schemas", false, "use.latest.version", true))
                .serialize(TOPIC, Samples.request()))
        .withMessageContaining("cannot take every io.mailstream.v1.SendRequest")
        .withMessageContaining("priority");
  }

  @Test
  void aRecordThatDoesNotFitItsSchemaIsAnErrorWithoutItsValues() {
    SendRequest request = Samples.request();
    request.setTenant(null);
    MailstreamAvroSerializer serializer = serializer(Map.of());

    assertThatExceptionOfType(SerializationException.class)
        .isThrownBy(() -> serializer.serialize(TOPIC, request))
        .withMessageContaining("SendRequest")
        .withMessageContaining("tenant")
        .withMessageNotContaining("order-4711");
    // What the failed record left in the buffers must not lead the next one.
    byte[] next = serializer.serialize(TOPIC, Samples.request());
    assertThat(deserializer(Map.of()).deserialize(TOPIC, next)).isEqualTo(Samples.request());
  }

  @Test
  void onlyRecordsAreTaken() {
    assertThatExceptionOfType(SerializationException.class)
        .isThrownBy(() -> serializer(Map.of()).serialize(TOPIC, "text"))
        .withMessageContaining("java.lang.String is not an Avro record");
  }

  @Test
  void useBeforeConfigurationIsAnErrorThatSaysWhatToSet() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> new MailstreamAvroSerializer().serialize(TOPIC, Samples.request()))
        .withMessageContaining("schema.registry.url");
  }

  @Test
  void oneSerializerServesManyThreads() throws Exception {
    MailstreamAvroSerializer serializer = serializer(Map.of());
    MailstreamAvroDeserializer deserializer = deserializer(Map.of());
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Boolean>> results = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        SendRequest request = Samples.request();
        request.setRequestId("request-" + "x".repeat(i * 37 % 5_000));
        results.add(
            threads.submit(() ->
                request.equals(
                    deserializer.deserialize(TOPIC, serializer.serialize(TOPIC, request)))));
      }
      for (Future<Boolean> result : results) {
        assertThat(result.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(registry.asked()).hasSize(4);
  }

  private MailstreamAvroSerializer serializer(Map<String, Object> more) {
    MailstreamAvroSerializer serializer = new MailstreamAvroSerializer();
    serializer.configure(settings(more), false);
    return serializer;
  }

  private MailstreamAvroDeserializer deserializer(Map<String, Object> more) {
    MailstreamAvroDeserializer deserializer = new MailstreamAvroDeserializer();
    deserializer.configure(settings(more), false);
    return deserializer;
  }

  private Map<String, Object> settings(Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("schema.registry.url", registry.url());
    return settings;
  }

  private static String portable() {
    return PortableSchema.of(SendRequest.getClassSchema()).toString();
  }

  private static Schema schema(String fields) {
    return new Schema.Parser()
        .parse(
            "{'type': 'record', 'name': 'Other', 'namespace': 'com.example', 'fields': [%s]}"
                .formatted(fields)
                .replace('\'', '"'));
  }
}
