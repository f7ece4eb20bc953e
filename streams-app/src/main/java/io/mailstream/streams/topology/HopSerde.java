package io.mailstream.streams.topology;

import io.mailstream.v1.Cancellation;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.SuppressionCommand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * How records travel the repartition hop: Avro's single-object encoding, whose fingerprint says
 * which type it is. The hop is internal: no registry is asked, so that an outage of the registry
 * does not stop it.
 */
final class HopSerde {

  private static final int HEADER_BYTES = 10;
  private static final int FINGERPRINT_AT = 2;

  private static final Map<Long, BinaryMessageDecoder<? extends SpecificRecord>> DECODERS =
      Map.of(
          SchemaNormalization.parsingFingerprint64(Delivery.getClassSchema()),
          Delivery.getDecoder(),
          SchemaNormalization.parsingFingerprint64(Deferral.getClassSchema()),
          Deferral.getDecoder(),
          SchemaNormalization.parsingFingerprint64(FeedbackEvent.getClassSchema()),
          FeedbackEvent.getDecoder(),
          SchemaNormalization.parsingFingerprint64(Cancellation.getClassSchema()),
          Cancellation.getDecoder(),
          SchemaNormalization.parsingFingerprint64(SuppressionCommand.getClassSchema()),
          SuppressionCommand.getDecoder());

  private HopSerde() {}

  static Serde<SpecificRecord> create() {
    return Serdes.serdeFrom((topic, record) -> encode(record), (topic, bytes) -> decode(bytes));
  }

  private static byte[] encode(SpecificRecord record) {
    try {
      ByteBuffer buffer =
          switch (record) {
            case Delivery delivery -> Delivery.getEncoder().encode(delivery);
            case Deferral deferral -> Deferral.getEncoder().encode(deferral);
            case FeedbackEvent event -> FeedbackEvent.getEncoder().encode(event);
            case Cancellation cancellation -> Cancellation.getEncoder().encode(cancellation);
            case SuppressionCommand command -> SuppressionCommand.getEncoder().encode(command);
            default ->
                throw new SerializationException(
                    "no way over the hop for a " + record.getSchema().getFullName());
          };
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      return bytes;
    } catch (IOException e) {
      throw new SerializationException("cannot encode a record for the repartition hop", e);
    }
  }

  private static SpecificRecord decode(byte[] bytes) {
    if (bytes == null || bytes.length < HEADER_BYTES) {
      throw new SerializationException("too short to be a record of the repartition hop");
    }
    long fingerprint =
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(FINGERPRINT_AT);
    BinaryMessageDecoder<? extends SpecificRecord> decoder = DECODERS.get(fingerprint);
    if (decoder == null) {
      throw new SerializationException(
          "a record of the repartition hop was written with schema fingerprint %016x, which this"
                  .formatted(fingerprint)
              + " version does not know: let the old version finish before the new one starts");
    }
    try {
      return decoder.decode(bytes);
    } catch (IOException e) {
      throw new SerializationException("cannot decode a record of the repartition hop", e);
    }
  }
}
