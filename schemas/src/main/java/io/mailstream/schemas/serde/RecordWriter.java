package io.mailstream.schemas.serde;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.Encoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;

/** Writes records of one schema, under one id. Safe for use by any number of threads. */
final class RecordWriter {

  private final int schemaId;
  private final DatumWriter<IndexedRecord> writer;
  private final Conversion conversion;

  private RecordWriter(int schemaId, DatumWriter<IndexedRecord> writer, Conversion conversion) {
    this.schemaId = schemaId;
    this.writer = writer;
    this.conversion = conversion;
  }

  /** Writes records with their own schema. */
  static RecordWriter plain(int schemaId, IndexedRecord example) {
    return new RecordWriter(schemaId, own(example), null);
  }

  /**
   * Writes records with another schema than their own. Fields go by name; positions may differ.
   *
   * @throws SerializationException if it cannot take every record of that schema
   */
  static RecordWriter as(Schema target, int schemaId, IndexedRecord example, String subject) {
    Schema source = example.getSchema();
    if (SchemaNormalization.toParsingForm(source)
        .equals(SchemaNormalization.toParsingForm(target))) {
      return plain(schemaId, example);
    }
    var compatibility = SchemaCompatibility.checkReaderWriterCompatibility(target, source);
    if (compatibility.getType() != SchemaCompatibilityType.COMPATIBLE) {
      throw new SerializationException(
          "the latest schema of subject %s (id %d) cannot take every %s: %s"
              .formatted(
                  subject,
                  schemaId,
                  source.getFullName(),
                  compatibility.getResult().getIncompatibilities()));
    }
    return new RecordWriter(schemaId, own(example), new Conversion(source, target));
  }

  int schemaId() {
    return schemaId;
  }

  void write(IndexedRecord datum, Encoder encoder) throws IOException {
    if (conversion == null) {
      writer.write(datum, encoder);
    } else {
      conversion.write(writer, datum, encoder);
    }
  }

  private static DatumWriter<IndexedRecord> own(IndexedRecord example) {
    return example instanceof SpecificRecord
        ? new SpecificDatumWriter<>(
            example.getSchema(), SpecificData.getForClass(example.getClass()))
        : new GenericDatumWriter<>(example.getSchema(), GenericData.get());
  }

  /** From one schema to another by way of bytes: slow, and right where fields moved. */
  private record Conversion(Schema source, Schema target) {

    void write(DatumWriter<IndexedRecord> writer, IndexedRecord datum, Encoder encoder)
        throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      BinaryEncoder interim = EncoderFactory.get().directBinaryEncoder(bytes, null);
      writer.write(datum, interim);
      var decoder = DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null);
      Object converted = new GenericDatumReader<>(source, target).read(null, decoder);
      new GenericDatumWriter<>(target).write(converted, encoder);
    }
  }
}
