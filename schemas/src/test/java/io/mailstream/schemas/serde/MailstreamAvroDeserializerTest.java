package io.mailstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailstreamAvroDeserializerTest {

  private static final String TOPIC = "mail.requests.bulk";

  private TestRegistry registry;
  private MailstreamAvroDeserializer deserializer;
  private byte[] good;

  @BeforeEach
  void start() throws Exception {
    registry = new TestRegistry();
    deserializer = deserializer(Map.of());
    try (MailstreamAvroSerializer serializer = new MailstreamAvroSerializer()) {
      serializer.configure(Map.of("schema.registry.url", registry.url()), false);
      good = serializer.serialize(TOPIC, Samples.request());
    }
    registry.asked().clear();
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @Test
  void asksForEachSchemaOnce() {
    for (int i = 0; i < 3; i++) {
      assertThat(deserializer.deserialize(TOPIC, good)).isEqualTo(Samples.request());
    }

    assertThat(registry.asked())
        .extracting(TestRegistry.Asked::path)
        .containsExactly("/schemas/ids/1");
  }

  @Test
  void readsOutOfTheMiddleOfABuffer() {
    ByteBuffer heap = ByteBuffer.allocate(good.length + 20);
    heap.position(7).put(good).flip().position(7);
    ByteBuffer direct = ByteBuffer.allocateDirect(good.length).put(good).flip();

    assertThat(deserializer.deserialize(TOPIC, new RecordHeaders(), heap.slice()))
        .isEqualTo(Samples.request());
    assertThat(deserializer.deserialize(TOPIC, new RecordHeaders(), heap.asReadOnlyBuffer()))
        .isEqualTo(Samples.request());
    assertThat(deserializer.deserialize(TOPIC, new RecordHeaders(), direct))
        .isEqualTo(Samples.request());
    assertThat(deserializer.deserialize(TOPIC, new RecordHeaders(), (ByteBuffer) null)).isNull();
  }

  @Test
  void everyTruncationIsAnError() {
    for (int length = 0; length < good.length; length++) {
      byte[] truncated = Arrays.copyOf(good, length);
      assertThatExceptionOfType(SerializationException.class)
          .as("%d of %d bytes", length, good.length)
          .isThrownBy(() -> deserializer.deserialize(TOPIC, truncated))
          .withMessageContaining(TOPIC);
    }
    assertThat(deserializer.deserialize(TOPIC, good)).isEqualTo(Samples.request());
  }

  @Test
  void bytesLeftOverAreAnError() {
    assertThatExceptionOfType(SerializationException.class)
        .isThrownBy(() -> deserializer.deserialize(TOPIC, Arrays.copyOf(good, good.length + 3)))
        .withMessageContaining("3 bytes left over")
        .withMessageContaining("schema id 1");
  }

  @Test
  void anotherFormatIsAnError() {
    byte[] json = "{\"to\": 1}".getBytes(java.nio.charset.StandardCharsets.UTF_8);

    assertThatExceptionOfType(SerializationException.class)
        .isThrownBy(() -> deserializer.deserialize(TOPIC, json))
        .withMessageContaining("magic byte is 0x7b");
    assertThat(registry.asked()).isEmpty();
  }

  @Test
  void anUnknownSchemaIdIsABadRecordAndSaysTheId() {
    byte[] bytes = good.clone();
    bytes[3] = 1;

    assertThatExceptionOfType(SerializationException.class)
        .isThrownBy(() -> deserializer.deserialize(TOPIC, bytes))
        .withMessageContaining("schema id 257")
        .withMessageContaining("not found");
    assertThat(registry.asked()).hasSize(1);
  }

  @Test
  void aFlippedByteIsAnErrorOrAnotherRecordButNeverAnythingElse() {
    for (int i = 5; i < good.length; i++) {
      for (int value : new int[] {0, 1, 2, 0x7f, 0x80, 0xff}) {
        byte[] bytes = good.clone();
        bytes[i] = (byte) value;
        try {
          assertThat(deserializer.deserialize(TOPIC, bytes)).isInstanceOf(SendRequest.class);
        } catch (SerializationException e) {
          assertThat(e).hasMessageContaining(TOPIC);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, 5_000, Integer.MAX_VALUE - 8L, Long.MAX_VALUE})
  void lengthsThatTheRecordCannotHoldAreRefusedAtOnce(long length) throws Exception {
    int strings = registry.register("s-value", record("{'name': 'a', 'type': 'string'}"));
    int bytes = registry.register("b-value", record("{'name': 'a', 'type': 'bytes'}"));
    int arrays = registry.register("a-value", record(array("'long'")));
    int maps = registry.register("m-value", record(map("'long'")));
    int nulls = registry.register("n-value", record(array("'null'")));
    int skipped = registry.register("k-value", skipping(array("'null'")));
    for (int id : List.of(strings, bytes, arrays, maps, nulls, skipped)) {
      byte[] claim = claiming(id, length);

      assertThatExceptionOfType(SerializationException.class)
          .as("schema %d, length %d", id, length)
          .isThrownBy(() -> deserializer.deserialize(TOPIC, claim));
    }
  }

  @Test
  void endlessNestingIsAnError() throws Exception {
    int id =
        registry.register(
            "nested-value", record("{'name': 'a', 'type': ['null', 'com.example.Other']}"));
    byte[] deep = new byte[2_000_000];
    Arrays.fill(deep, (byte) 2);
    ByteBuffer.wrap(deep).put((byte) 0).putInt(id);

    assertThatExceptionOfType(SerializationException.class)
        .isThrownBy(() -> deserializer.deserialize(TOPIC, deep));
    assertThat(deserializer.deserialize(TOPIC, good)).isEqualTo(Samples.request());
  }

  @Test
  void fieldsGoByNameAndUnknownSymbolsBecomeTheirDefault() throws Exception {
    String newer =
        PortableSchema.of(SendResult.getClassSchema())
            .toString()
            .replace("\"OUTCOME_UNKNOWN\"", "\"OUTCOME_UNKNOWN\",\"PIGEON_LOST\"");
    Schema writer = new Schema.Parser().parse(newer);
    int id = registry.register("mail.results-value", newer);
    var reasons = writer.getField("reasons").schema();
    var datum = new org.apache.avro.generic.GenericRecordBuilder(writer);
    datum.set("request_id", "r").set("tenant", "t").set("stream", "s").set("accepted_at", 1L);
    datum.set("completed_at", 2L);
    datum.set("lane", symbol(writer.getField("lane").schema(), "BULK"));
    datum.set("status", symbol(writer.getField("status").schema(), "FAILED"));
    datum.set("reasons", List.of(symbol(reasons.getElementType(), "PIGEON_LOST")));
    var origin = writer.getField("origin").schema();
    datum.set(
        "origin",
        new org.apache.avro.generic.GenericRecordBuilder(origin)
            .set("topic", "t")
            .set("partition", 0)
            .set("offset", 1L)
            .build());

    SendResult result = (SendResult) deserializer.deserialize(TOPIC, encode(id, datum.build()));

    assertThat(result.getReasons()).containsExactly(ReasonCode.UNKNOWN);
    assertThat(result.getRequestId()).isEqualTo("r");
  }

  @Test
  void aForeignSchemaPicksNoClass() throws Exception {
    String schema =
        """
        {'type': 'record', 'name': 'Mailbox', 'namespace': 'io.mailstream.v1', 'fields': [
          {'name': 'a', 'type': {'type': 'string', 'java-class': 'java.io.File'}},
          {'name': 'b', 'type': {'type': 'string', 'avro.java.string': 'String'}},
          {'name': 'c', 'type': {'type': 'record', 'name': 'ProcessBuilder',
             'namespace': 'java.lang', 'java-class': 'java.lang.ProcessBuilder', 'fields': []}}]}
        """
            .replace('\'', '"');
    int id = registry.register("x-value", schema);
    byte[] bytes = prefixed(id, new byte[] {2, 'x', 2, 'y'});

    GenericRecord record = (GenericRecord) deserializer.deserialize(TOPIC, bytes);

    assertThat(record).isNotInstanceOf(Mailbox.class);
    assertThat(record.get("a")).isInstanceOf(org.apache.avro.util.Utf8.class);
    assertThat(record.get("b")).isInstanceOf(org.apache.avro.util.Utf8.class);
    assertThat(record.get("c")).isInstanceOf(GenericRecord.class);
  }

  @Test
  void anotherGeneratedClassMustBeNamedInTheConfiguration() throws Exception {
    int id = registry.register("m-value", PortableSchema.of(Mailbox.getClassSchema()).toString());
    byte[] bytes = encode(id, new Mailbox("a@example.com", "A"));

    assertThat(deserializer.deserialize(TOPIC, bytes)).isNotInstanceOf(Mailbox.class);
    assertThat(
            deserializer(Map.of("specific.avro.value.type", Mailbox.class.getName()))
                .deserialize(TOPIC, bytes))
        .isEqualTo(new Mailbox("a@example.com", "A"));
    assertThatExceptionOfType(SerializationException.class)
        .isThrownBy(
            () -> deserializer(Map.of("specific.avro.reader", true)).deserialize(TOPIC, bytes))
        .withMessageContaining("no class for io.mailstream.v1.Mailbox (schema id " + id + ")")
        .withMessageContaining("specific.avro.value.type");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> deserializer(Map.of("specific.avro.value.type", "java.lang.String")))
        .withMessageContaining("specific.avro.value.type");
  }

  @Test
  void aSerdeOfOneTypeRefusesAnother() {
    try (MailstreamAvroSerde<SendResult> serde = new MailstreamAvroSerde<>(SendResult.class)) {
      serde.configure(Map.of("schema.registry.url", registry.url()), false);

      assertThatExceptionOfType(SerializationException.class)
          .isThrownBy(() -> serde.deserializer().deserialize(TOPIC, good))
          .withMessageContaining("holds a record of io.mailstream.v1.SendRequest");
    }
  }

  @Test
  void schemasOfOtherKindsAreBadRecords() {
    ObjectNode protobuf = JsonNodeFactory.instance.objectNode();
    protobuf.put("schemaType", "PROTOBUF").put("schema", "message A {}");
    int id = registry.register("p-value", protobuf);
    int broken = registry.register("q-value", "{\"type\": \"nonsense\"}");

    assertThatExceptionOfType(SerializationException.class)
        .isThrownBy(() -> deserializer.deserialize(TOPIC, prefixed(id, new byte[0])))
        .withMessageContaining("schema id " + id + " is PROTOBUF, not AVRO");
    assertThatExceptionOfType(SerializationException.class)
        .isThrownBy(() -> deserializer.deserialize(TOPIC, prefixed(broken, new byte[0])))
        .withMessageContaining("schema id " + broken + " is not a valid Avro schema");
  }

  @Test
  void schemasThatReferToOthersAreFollowed() throws Exception {
    String address = "{'type': 'record', 'name': 'A', 'fields': [{'name': 'x', 'type': 'int'}]}";
    String outer =
        "{'type': 'record', 'name': 'B', 'fields': [{'name': 'a', 'type': 'A'},"
            + " {'name': 'again', 'type': 'A'}]}";
    registry.register("address", address.replace('\'', '"'));
    ObjectNode entry = JsonNodeFactory.instance.objectNode();
    entry.put("schema", outer.replace('\'', '"'));
    ObjectNode reference = entry.putArray("references").addObject();
    reference.put("name", "A").put("subject", "address").put("version", 1);
    int id = registry.register("outer-value", entry);

    GenericRecord record =
        (GenericRecord) deserializer.deserialize(TOPIC, prefixed(id, new byte[] {4, 6}));

    assertThat(record).hasToString("{\"a\": {\"x\": 2}, \"again\": {\"x\": 3}}");
  }

  @Test
  void aSchemaNamedByGuidInAHeaderIsAskedFor() {
    UUID guid = UUID.fromString("6b6a1d1f-8f1e-4f0a-9d0a-2d8c3a6f0c11");
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("schema", PortableSchema.of(SendRequest.getClassSchema()).toString());
    registry.answerNext(1, 200, answer.toString());
    byte[] body = Arrays.copyOfRange(good, 5, good.length);

    Object record = deserializer.deserialize(TOPIC, guidHeader("__value_schema_id", guid), body);

    assertThat(record).isEqualTo(Samples.request());
    assertThat(registry.asked().get(0).path()).isEqualTo("/schemas/guids/" + guid);
    assertThat(deserializer.deserialize(TOPIC, guidHeader("__value_schema_id", guid), body))
        .isEqualTo(Samples.request());
    assertThat(registry.asked()).hasSize(1);
  }

  @Test
  void aGuidThatTheRegistryCannotResolveIsABadRecordThatSaysWhatToDo() {
    UUID guid = UUID.fromString("6b6a1d1f-8f1e-4f0a-9d0a-2d8c3a6f0c11");

    assertThatExceptionOfType(SerializationException.class)
        .isThrownBy(
            () -> deserializer.deserialize(TOPIC, guidHeader("__value_schema_id", guid), good))
        .withMessageContaining(guid.toString())
        .withMessageContaining("__value_schema_id")
        .withMessageContaining("PrefixSchemaIdSerializer");
  }

  @Test
  void headersOfTheOtherPartOrOfAnotherKindAreNotMistaken() {
    UUID guid = UUID.randomUUID();
    RecordHeaders byId = new RecordHeaders();
    byId.add("__value_schema_id", Arrays.copyOf(good, 5));
    RecordHeaders odd = new RecordHeaders();
    odd.add("__value_schema_id", new byte[] {9, 9});

    assertThat(deserializer.deserialize(TOPIC, guidHeader("__key_schema_id", guid), good))
        .isEqualTo(Samples.request());
    assertThat(deserializer.deserialize(TOPIC, byId, Arrays.copyOfRange(good, 5, good.length)))
        .isEqualTo(Samples.request());
    assertThatExceptionOfType(SerializationException.class)
        .isThrownBy(() -> deserializer.deserialize(TOPIC, odd, good))
        .withMessageContaining("neither a schema id nor a schema GUID");
  }

  private static RecordHeaders guidHeader(String name, UUID guid) {
    ByteBuffer value = ByteBuffer.allocate(17).put((byte) 1);
    value.putLong(guid.getMostSignificantBits()).putLong(guid.getLeastSignificantBits());
    RecordHeaders headers = new RecordHeaders();
    headers.add(name, value.array());
    return headers;
  }

  private static Object symbol(Schema schema, String name) {
    return new org.apache.avro.generic.GenericData.EnumSymbol(schema, name);
  }

  private static byte[] encode(int id, org.apache.avro.generic.IndexedRecord datum)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    new org.apache.avro.generic.GenericDatumWriter<>(datum.getSchema()).write(datum, encoder);
    return prefixed(id, out.toByteArray());
  }

  private static byte[] claiming(int id, long length) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    encoder.writeLong(length);
    encoder.writeLong(1);
    return prefixed(id, out.toByteArray());
  }

  private static byte[] prefixed(int id, byte[] body) {
    return ByteBuffer.allocate(5 + body.length).put((byte) 0).putInt(id).put(body).array();
  }

  private static String record(String fields) {
    return "{'type': 'record', 'name': 'Other', 'namespace': 'com.example', 'fields': [%s]}"
        .formatted(fields)
        .replace('\'', '"');
  }

  private static String array(String items) {
    return "{'name': 'a', 'type': {'type': 'array', 'items': %s}}".formatted(items);
  }

  private static String map(String values) {
    return "{'name': 'a', 'type': {'type': 'map', 'values': %s}}".formatted(values);
  }

  /** A schema of ours with a field in front that our class does not have. */
  private static String skipping(String field) {
    return PortableSchema.of(SendRequest.getClassSchema())
        .toString()
        .replaceFirst("\"fields\":\\[", "\"fields\":[" + field.replace('\'', '"') + ",");
  }

  private MailstreamAvroDeserializer deserializer(Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("schema.registry.url", registry.url());
    MailstreamAvroDeserializer made = new MailstreamAvroDeserializer();
    made.configure(settings, false);
    return made;
  }
}
