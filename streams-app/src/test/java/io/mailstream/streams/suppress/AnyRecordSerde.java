package io.mailstream.streams.suppress;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/** Any record with its class name in front: a driver test needs no registry. */
public final class AnyRecordSerde implements Serde<SpecificRecord> {

  @Override
  public Serializer<SpecificRecord> serializer() {
    return (topic, record) -> {
      if (record == null) {
        return null;
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try {
        new DataOutputStream(bytes).writeUTF(record.getClass().getName());
        var encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        new SpecificDatumWriter<SpecificRecord>(
                record.getSchema(), SpecificData.getForClass(record.getClass()))
            .write(record, encoder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return bytes.toByteArray();
    };
  }

  @Override
  public Deserializer<SpecificRecord> deserializer() {
    return (topic, bytes) -> {
      if (bytes == null) {
        return null;
      }
      try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
        Class<?> type = Class.forName(in.readUTF());
        SpecificData data = SpecificData.getForClass(type);
        return (SpecificRecord)
            new SpecificDatumReader<>(data.getSchema(type), data.getSchema(type), data)
                .read(null, DecoderFactory.get().directBinaryDecoder(in, null));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException(e);
      }
    };
  }
}
