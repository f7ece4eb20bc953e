package io.mailstream.streams.suppress;

import io.mailstream.store.SuppressionState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** A state in Avro's single-object encoding and back; null stays null. */
final class SuppressionStateCodec {

  private SuppressionStateCodec() {}

  static byte[] encode(SuppressionState state) {
    if (state == null) {
      return null;
    }
    try {
      ByteBuffer buffer = SuppressionState.getEncoder().encode(state);
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot encode a value of the suppression store", e);
    }
  }

  static SuppressionState decode(byte[] bytes) {
    if (bytes == null) {
      return null;
    }
    try {
      return SuppressionState.getDecoder().decode(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot decode a value of the suppression store: written by another version?", e);
    }
  }
}
