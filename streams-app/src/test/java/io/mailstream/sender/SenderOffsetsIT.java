package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.junit.jupiter.api.Test;

/** Offsets that vanished stop the sender; it never begins anew by itself. */
class SenderOffsetsIT {

  @Test
  void whereTheGroupIsGoneTheSenderStopsAndSaysWhatToDo() {
    try (SenderRig rig = new SenderRig()) {
      sendAndStop(rig);
      TestTopics.get(rig.admin.deleteConsumerGroups(List.of(rig.group())).all());
      rig.dispatch(5);

      SenderRole sender = rig.start("a");
      SenderRig.await("the sender to stop", () -> !SenderRig.dead(sender).isEmpty());

      assertThat(SenderRig.dead(sender))
          .contains("committed offsets of 4 dispatch partitions are lost")
          .contains("sender.offsets.missing=uncertain");
      assertThat(SenderRig.unready(sender)).contains("lost");
      assertThat(rig.provider.calls()).hasSize(10);

      // As the message says: what is kept is handed back, none of it is sent.
      SenderRole told =
          rig.start("b", Checkpoints.NONE, Map.of(SenderConfig.MISSING_OFFSETS, "uncertain"));
      SenderRig.await("5 labels", () -> rig.deferrals().size() >= 5);
      assertThat(rig.deferrals())
          .allMatch(deferral -> deferral.getReason() == DeferralReason.UNCERTAIN);
      assertThat(rig.provider.calls()).hasSize(10);
      List<Delivery> next = rig.dispatch(4);
      SenderRig.await("what comes after is sent", () -> rig.results().size() >= 14);
      assertThat(rig.provider.calls()).hasSize(14).doesNotContainValue(2);
      assertThat(next).allMatch(delivery -> rig.provider.calls(delivery.getDeliveryId()) == 1);
      assertThat(SenderRig.dead(told)).isEmpty();
    }
  }

  @Test
  void whereOneOffsetIsGoneTheSenderStops() {
    try (SenderRig rig = new SenderRig()) {
      sendAndStop(rig);
      TopicPartition lost = new TopicPartition(rig.topics.dispatch(Lane.BULK), 1);
      SenderRig.await("the group to be empty", () -> deleteOffset(rig, lost));
      rig.dispatch(5);

      SenderRole sender = rig.start("a");
      SenderRig.await("the sender to stop", () -> !SenderRig.dead(sender).isEmpty());

      assertThat(SenderRig.dead(sender)).contains("of 1 dispatch partitions").contains(lost + " ");
      assertThat(rig.provider.calls()).hasSize(10);
    }
  }

  private static boolean deleteOffset(SenderRig rig, TopicPartition id) {
    try {
      TestTopics.get(rig.admin.deleteConsumerGroupOffsets(rig.group(), Set.of(id)).all());
      return true;
    } catch (IllegalStateException e) {
      assertThat(e).hasCauseInstanceOf(GroupNotEmptyException.class);
      return false;
    }
  }

  private static void sendAndStop(SenderRig rig) {
    rig.dispatch(10);
    SenderRole first = rig.start("a", Checkpoints.NONE, Map.of(SenderConfig.PURGE_INTERVAL, "100"));
    SenderRig.await("10 results", () -> rig.results().size() >= 10);
    SenderRig.await("an empty topic", () -> rig.kept() == 0);
    first.close();
  }
}
