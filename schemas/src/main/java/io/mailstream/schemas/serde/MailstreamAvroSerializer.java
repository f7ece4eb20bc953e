package io.mailstream.schemas.serde;

import io.mailstream.schemas.serde.RegistryClient.Registered;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Writes Avro records in Confluent's wire format: a zero byte, the schema's id in the registry
 * (four bytes, big-endian), the Avro body. Takes generated and generic records; null becomes null.
 * The subject is the topic's name with {@code -value} or {@code -key}. Settings: {@link
 * AvroSerdeConfig}.
 *
 * <p>{@link #serialize} throws {@link RegistryUnavailableException} when the registry cannot be
 * used and {@link SerializationException} when the record or its schema is at fault. Safe for use
 * by any number of threads.
 */
public final class MailstreamAvroSerializer implements Serializer<Object> {

  static final byte MAGIC = 0;
  static final int PREFIX_BYTES = 1 + Integer.BYTES;

  private static final int INITIAL_BYTES = 4 * 1024;
  private static final int MAX_KEPT_BYTES = 1024 * 1024;

  private final AtomicReference<Scratch> idle = new AtomicReference<>();
  private volatile State state;

  @Override
  public void configure(Map<String, ?> configs, boolean isKey) {
    AvroSerdeConfig config = new AvroSerdeConfig(configs);
    state =
        new State(
            new RegistryClient(new RegistryHttp(config)),
            isKey ? "-key" : "-value",
            config.getBoolean(AvroSerdeConfig.AUTO_REGISTER),
            config.getBoolean(AvroSerdeConfig.USE_LATEST),
            config.getString(AvroSerdeConfig.COMPATIBILITY),
            new BoundedCache<>(config.getInt(AvroSerdeConfig.CACHE_CAPACITY)),
            new BoundedCache<>(config.getInt(AvroSerdeConfig.CACHE_CAPACITY)));
  }

  @Override
  public byte[] serialize(String topic, Object data) {
    if (data == null) {
      return null;
    }
    if (!(data instanceof IndexedRecord datum)) {
      throw new SerializationException(
          "topic %s: %s is not an Avro record".formatted(topic, data.getClass().getName()));
    }
    State current = state;
    if (current == null) {
      throw new ConfigException("serializer used before configure(): set " + AvroSerdeConfig.URL);
    }
    RecordWriter writer = current.writer(topic, datum);
    Scratch taken = idle.getAndSet(null);
    Scratch scratch = taken == null ? new Scratch() : taken;
    byte[] bytes = scratch.write(topic, writer, datum);
    // Not after a failure: what is left in the buffer would go in front of the next record.
    if (bytes.length <= MAX_KEPT_BYTES) {
      idle.set(scratch);
    }
    return bytes;
  }

  /** What {@link #configure} leaves. */
  private record State(
      RegistryClient registry,
      String suffix,
      boolean autoRegister,
      boolean useLatest,
      String compatibility,
      BoundedCache<SeenSchema, RecordWriter> bySeen,
      BoundedCache<SubjectSchema, RecordWriter> bySchema) {

    RecordWriter writer(String topic, IndexedRecord datum) {
      return bySeen.get(
          new SeenSchema(topic, datum.getSchema()),
          () ->
              bySchema.get(
                  new SubjectSchema(topic + suffix, datum.getSchema()),
                  () -> create(topic + suffix, datum)));
    }

    private RecordWriter create(String subject, IndexedRecord datum) {
      Schema portable = PortableSchema.of(datum.getSchema());
      String name = portable.getFullName();
      try {
        if (autoRegister) {
          boolean ours = name.startsWith("io.mailstream.");
          int id = registry.register(subject, portable, ours ? compatibility : "");
          return RecordWriter.plain(id, datum);
        }
        if (useLatest) {
          Registered latest = registry.latest(subject);
          return RecordWriter.as(latest.schema(), latest.id(), datum, subject);
        }
        return RecordWriter.plain(registry.lookUp(subject, portable), datum);
      } catch (RegistryRefusal e) {
        throw e.translated(what(subject, name, e));
      }
    }

    private String what(String subject, String name, RegistryRefusal refusal) {
      if (refusal.status() == RegistryRefusal.INCOMPATIBLE) {
        return "schema of %s is incompatible with what subject %s has".formatted(name, subject);
      }
      if (refusal.isUnknown()) {
        return "schema of %s is not registered under subject %s, and %s is false"
            .formatted(name, subject, AvroSerdeConfig.AUTO_REGISTER);
      }
      return "schema of %s, subject %s".formatted(name, subject);
    }
  }

  /** The fast key: schemas are compared by identity, as a record's schema rarely is a copy. */
  private record SeenSchema(String topic, Schema schema) {

    @Override
    @SuppressWarnings("ReferenceEquality")
    public boolean equals(Object other) {
      return other instanceof SeenSchema seen && seen.schema == schema && seen.topic.equals(topic);
    }

    @Override
    public int hashCode() {
      return 31 * topic.hashCode() + System.identityHashCode(schema);
    }
  }

  /** The key for copies of a schema. */
  private record SubjectSchema(String subject, Schema schema) {}

  /** A buffer with its encoder, used by one thread at a time. */
  private static final class Scratch {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(INITIAL_BYTES);
    private BinaryEncoder encoder;

    byte[] write(String topic, RecordWriter writer, IndexedRecord datum) {
      out.reset();
      out.write(MAGIC);
      out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(0, writer.schemaId()).array());
      encoder = EncoderFactory.get().binaryEncoder(out, encoder);
      try {
        writer.write(datum, encoder);
        encoder.flush();
      } catch (IOException | RuntimeException e) {
        // Only a missing value is told: Avro's other messages repeat the value itself.
        String reason = e instanceof NullPointerException ? e.getMessage() : e.getClass().getName();
        throw new SerializationException(
            "topic %s: %s does not fit its schema: %s"
                .formatted(topic, datum.getSchema().getFullName(), reason),
            e);
      }
      return out.toByteArray();
    }
  }
}
