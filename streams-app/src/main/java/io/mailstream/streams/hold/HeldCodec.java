package io.mailstream.streams.hold;

import io.mailstream.v1.Delivery;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.Schema;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Held deliveries as bytes: a version, a few packed fields, and the delivery in Avro's
 * single-object encoding, which names the schema it was written with.
 */
final class HeldCodec {

  private static final byte VERSION = 1;
  private static final int NULL = -1;

  /** Version, reason and time. */
  private static final int BEFORE_KEY = 2 + Long.BYTES;

  private final BinaryMessageEncoder<Delivery> encoder;
  private final BinaryMessageDecoder<Delivery> decoder;

  HeldCodec() {
    SpecificData model = SpecificData.getForClass(Delivery.class);
    encoder = new BinaryMessageEncoder<>(model, Delivery.getClassSchema());
    decoder = new BinaryMessageDecoder<>(model, Delivery.getClassSchema());
  }

  /** Makes deliveries readable that were written with another schema. */
  void addWriterSchema(Schema schema) {
    decoder.addSchema(schema);
  }

  byte[] encode(Held held) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(Math.max(512, held.encoded().length));
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeByte(held.reason().code());
      out.writeLong(held.heldAt());
      out.writeUTF(held.recipientKey());
      Header[] headers = held.headers().toArray();
      out.writeShort(headers.length);
      for (Header header : headers) {
        out.writeUTF(header.key());
        byte[] value = header.value();
        out.writeInt(value == null ? NULL : value.length);
        out.write(value == null ? new byte[0] : value);
      }
      if (held.encoded().length > 0) {
        out.write(held.encoded());
      } else {
        encoder.encode(held.delivery(), out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a delivery cannot be encoded for the hold store", e);
    }
    return bytes.toByteArray();
  }

  /** Whom an entry waits for, without reading the mail. */
  static String recipientKey(byte[] value) {
    try (DataInputStream in =
        new DataInputStream(
            new ByteArrayInputStream(value, BEFORE_KEY, value.length - BEFORE_KEY))) {
      return in.readUTF();
    } catch (IOException e) {
      throw new UncheckedIOException("a held delivery cannot be read", e);
    }
  }

  /**
   * Reads an entry.
   *
   * @throws IllegalArgumentException if its version is not known to this release
   */
  Held decode(byte[] value) {
    if (value.length == 0 || value[0] != VERSION) {
      throw new IllegalArgumentException(
          "a held delivery has version %d, but this release reads version %d"
              .formatted(value.length == 0 ? 0 : value[0], VERSION));
    }
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(value, 1, value.length - 1))) {
      HoldReason reason = HoldReason.of(in.readByte());
      long heldAt = in.readLong();
      String recipientKey = in.readUTF();
      RecordHeaders headers = new RecordHeaders();
      for (int left = in.readShort(); left > 0; left--) {
        String key = in.readUTF();
        int length = in.readInt();
        headers.add(key, length == NULL ? null : in.readNBytes(length));
      }
      byte[] encoded = in.readAllBytes();
      Delivery delivery = decoder.decode(encoded);
      return new Held(recipientKey, headers, reason, heldAt, delivery, encoded);
    } catch (IOException e) {
      throw new UncheckedIOException("a held delivery cannot be read", e);
    }
  }
}
