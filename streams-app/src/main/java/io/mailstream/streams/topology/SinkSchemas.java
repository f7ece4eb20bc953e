package io.mailstream.streams.topology;

import io.mailstream.schemas.Topics;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.RecordOrigin;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import io.mailstream.v1.StreamActivity;
import io.mailstream.v1.Suppression;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Has the schemas of all that is written known to the registry before the first record is read: an
 * outage of the registry then shows at the start, not in the middle of a transaction.
 */
final class SinkSchemas {

  private SinkSchemas() {}

  /** Looks up or registers the schema of each sink; whatever fails is the serializer's own. */
  static void prepare(Serializer<SpecificRecord> serializer, Topics topics) {
    for (Lane lane : Lane.values()) {
      serializer.serialize(topics.dispatch(lane), delivery(lane));
    }
    serializer.serialize(topics.results(), result());
    serializer.serialize(
        topics.streamActivity(), new StreamActivity("", "", 0, List.of(), null, Instant.EPOCH));
    serializer.serialize(topics.suppressions(), new Suppression("", List.of(), "", Instant.EPOCH));
  }

  private static Delivery delivery(Lane lane) {
    return Delivery.newBuilder()
        .setDeliveryId("")
        .setRequestId("")
        .setTenant("")
        .setIdempotencyKey("")
        .setStream("")
        .setLane(lane)
        .setRecipient(new Recipient("", null, Map.of()))
        .setOrigin(new RecordOrigin("", 0, 0L))
        .setAcceptedAt(Instant.EPOCH)
        .setFrom(new Mailbox("", null))
        .setContent(new InlineContent("", null, List.of()))
        .build();
  }

  private static SendResult result() {
    return SendResult.newBuilder()
        .setRequestId("")
        .setTenant("")
        .setStream("")
        .setLane(Lane.BULK)
        .setStatus(ResultStatus.UNKNOWN)
        .setOrigin(new RecordOrigin("", 0, 0L))
        .setAcceptedAt(Instant.EPOCH)
        .setCompletedAt(Instant.EPOCH)
        .build();
  }
}
