package io.mailstream.schemas.serde;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Reads Avro records in Confluent's wire format, whoever wrote them, and those whose schema is
 * named in the header {@code __value_schema_id} or {@code __key_schema_id}. Records of Mailstream's
 * own types become instances of their generated class, with the fields of the schema that this
 * library was built with; others become generic records. Null stays null. Settings: {@link
 * AvroSerdeConfig}.
 *
 * <p>Throws {@link RegistryUnavailableException} when the registry cannot be used, which says
 * nothing about the record, and {@link SerializationException} when the record cannot be read by
 * anyone with this schema. Safe for use by any number of threads.
 */
public final class MailstreamAvroDeserializer implements Deserializer<Object> {

  private static final byte GUID_MAGIC = 1;
  private static final int GUID_BYTES = 1 + 2 * Long.BYTES;

  private final AtomicReference<BinaryDecoder> idle = new AtomicReference<>();
  private volatile State state;

  @Override
  public void configure(Map<String, ?> configs, boolean isKey) {
    AvroSerdeConfig config = new AvroSerdeConfig(configs);
    int capacity = config.getInt(AvroSerdeConfig.CACHE_CAPACITY);
    SpecificClasses classes;
    try {
      classes = new SpecificClasses(config.getClass(AvroSerdeConfig.SPECIFIC_TYPE));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(AvroSerdeConfig.SPECIFIC_TYPE + ": " + e.getMessage());
    }
    state =
        new State(
            new RegistryClient(new RegistryHttp(config)),
            isKey ? "__key_schema_id" : "__value_schema_id",
            config.getBoolean(AvroSerdeConfig.SPECIFIC_READER),
            classes,
            new BoundedCache<>(capacity),
            new BoundedCache<>(capacity));
  }

  @Override
  public Object deserialize(String topic, byte[] data) {
    return deserialize(topic, null, data);
  }

  @Override
  public Object deserialize(String topic, Headers headers, byte[] data) {
    return data == null ? null : read(topic, headers, data, 0, data.length);
  }

  @Override
  public Object deserialize(String topic, Headers headers, ByteBuffer data) {
    if (data == null) {
      return null;
    }
    if (data.hasArray()) {
      int start = data.arrayOffset() + data.position();
      return read(topic, headers, data.array(), start, data.remaining());
    }
    byte[] copy = new byte[data.remaining()];
    data.duplicate().get(copy);
    return read(topic, headers, copy, 0, copy.length);
  }

  private Object read(String topic, Headers headers, byte[] data, int start, int length) {
    State current = state;
    if (current == null) {
      throw new ConfigException("deserializer used before configure(): set " + AvroSerdeConfig.URL);
    }
    Header named = headers == null ? null : headers.lastHeader(current.header);
    if (named != null && named.value() != null) {
      return body(topic, current.named(topic, named.value()), data, start, length);
    }
    if (length < MailstreamAvroSerializer.PREFIX_BYTES) {
      throw new SerializationException(
          "topic %s: %d bytes are too few for a magic byte and a schema id"
              .formatted(topic, length));
    }
    if (data[start] != MailstreamAvroSerializer.MAGIC) {
      throw new SerializationException(
          "topic %s: not in Confluent's Avro format: magic byte is 0x%02x, not 0x00"
              .formatted(topic, data[start]));
    }
    int id = ByteBuffer.wrap(data, start + 1, Integer.BYTES).getInt();
    int skipped = MailstreamAvroSerializer.PREFIX_BYTES;
    return body(topic, current.byId(topic, id), data, start + skipped, length - skipped);
  }

  private Object body(String topic, RecordReader reader, byte[] data, int start, int length) {
    BinaryDecoder reused = idle.getAndSet(null);
    BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(data, start, length, reused);
    try {
      Object record = reader.reader.read(null, decoder);
      int left = decoder.remainingBytes();
      if (left != 0) {
        throw new SerializationException(
            "topic %s: %d bytes left over behind a record of %s"
                .formatted(topic, left, reader.name));
      }
      return record;
    } catch (IOException | StackOverflowError e) {
      throw unreadable(topic, reader, length, e);
    } catch (SerializationException e) {
      throw e;
    } catch (RuntimeException e) {
      throw unreadable(topic, reader, length, e);
    } finally {
      idle.set(decoder);
    }
  }

  private static SerializationException unreadable(
      String topic, RecordReader reader, int length, Throwable cause) {
    return new SerializationException(
        "topic %s: %d bytes are no record of %s: truncated, corrupt or written with another schema"
            .formatted(topic, length, reader.name),
        cause);
  }

  /** A reader with the name of what it reads, such as {@code Delivery (schema id 7)}. */
  private record RecordReader(DatumReader<Object> reader, String name) {}

  /** What {@link #configure} leaves. */
  private record State(
      RegistryClient registry,
      String header,
      Boolean specific,
      SpecificClasses classes,
      BoundedCache<Integer, RecordReader> ids,
      BoundedCache<UUID, RecordReader> guids) {

    RecordReader byId(String topic, int id) {
      return ids.get(
          id,
          () ->
              reader(topic, "schema id " + Integer.toUnsignedString(id), () -> registry.byId(id)));
    }

    /** The reader for a schema that a header names by id (magic byte 0) or by GUID (1). */
    RecordReader named(String topic, byte[] value) {
      ByteBuffer buffer = ByteBuffer.wrap(value);
      if (value.length == MailstreamAvroSerializer.PREFIX_BYTES
          && value[0] == MailstreamAvroSerializer.MAGIC) {
        return byId(topic, buffer.getInt(1));
      }
      if (value.length == GUID_BYTES && value[0] == GUID_MAGIC) {
        UUID guid = new UUID(buffer.getLong(1), buffer.getLong(1 + Long.BYTES));
        return guids.get(
            guid, () -> reader(topic, "schema GUID " + guid, () -> byGuid(topic, guid)));
      }
      throw new SerializationException(
          "topic %s: header %s holds neither a schema id nor a schema GUID (%d bytes)"
              .formatted(topic, header, value.length));
    }

    private Schema byGuid(String topic, UUID guid) {
      try {
        return registry.byGuid(guid);
      } catch (RegistryRefusal e) {
        if (e.status() == 404) {
          throw new SerializationException(
              ("topic %s: header %s names schema GUID %s, which the registry cannot resolve: %s;"
                      + " let the producer write the id in front of the record"
                      + " (value.schema.id.serializer=…PrefixSchemaIdSerializer)")
                  .formatted(topic, header, guid, e.getMessage()),
              e);
        }
        throw e;
      }
    }

    private RecordReader reader(String topic, String what, Supplier<Schema> load) {
      try {
        return reader(what, load.get());
      } catch (RegistryRefusal e) {
        throw e.translated("topic %s: %s".formatted(topic, what));
      }
    }

    private RecordReader reader(String what, Schema foreign) {
      // The properties that pick Java classes for strings and maps are not the writer's to choose.
      Schema writer = PortableSchema.of(foreign);
      String name = "%s (%s)".formatted(writer.getFullName(), what);
      SpecificClasses.Known known =
          Boolean.FALSE.equals(specific) ? null : classes.find(writer.getFullName());
      if (known != null) {
        return new RecordReader(
            new SpecificDatumReader<>(writer, known.schema(), known.model()), name);
      }
      if (Boolean.TRUE.equals(specific)) {
        throw new SerializationException(
            "no class for %s: set %s to it, or leave %s unset for a generic record"
                .formatted(name, AvroSerdeConfig.SPECIFIC_TYPE, AvroSerdeConfig.SPECIFIC_READER));
      }
      return new RecordReader(new GenericDatumReader<>(writer, writer, new GenericData()), name);
    }
  }
}
