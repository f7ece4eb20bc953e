package io.mailstream.streams.topology;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** Avro on the wire as the topology sees it, without a registry: one byte says which type. */
final class MemoryAvro {

  private static final Map<Integer, Schema> SCHEMAS = new ConcurrentHashMap<>();

  private MemoryAvro() {}

  static Serde<SpecificRecord> serde() {
    return Serdes.serdeFrom((topic, record) -> encode(record), (topic, bytes) -> decode(bytes));
  }

  private static byte[] encode(SpecificRecord record) {
    try {
      int id = record.getSchema().getFullName().hashCode();
      SCHEMAS.put(id, record.getSchema());
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      var encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
      encoder.writeInt(id);
      new SpecificDatumWriter<SpecificRecord>(
              record.getSchema(), SpecificData.getForClass(record.getClass()))
          .write(record, encoder);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new SerializationException(e);
    }
  }

  private static SpecificRecord decode(byte[] bytes) {
    if (bytes == null) {
      return null;
    }
    try {
      var decoder = DecoderFactory.get().binaryDecoder(bytes, null);
      Schema schema = SCHEMAS.get(decoder.readInt());
      if (schema == null) {
        throw new SerializationException("unknown schema id");
      }
      Class<?> type = SpecificData.get().getClass(schema);
      return new SpecificDatumReader<SpecificRecord>(schema, schema, SpecificData.getForClass(type))
          .read(null, decoder);
    } catch (IOException e) {
      throw new SerializationException(e);
    }
  }
}
