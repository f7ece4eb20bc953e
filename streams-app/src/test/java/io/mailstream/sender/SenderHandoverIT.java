package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.SendResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Partitions that change hands in good order. */
class SenderHandoverIT {

  private static final int ROUNDS = 12;

  @Test
  void instancesComeAndGoAndEveryDeliveryIsSentOnce() {
    try (SenderRig rig = new SenderRig()) {
      rig.provider.answers(delivery -> {
        LockSupport.parkNanos(2_000_000);
        return new SendOutcome.Accepted("m");
      });
      List<SenderRole> running = new ArrayList<>();
      int dispatched = 0;
      for (int round = 0; round < ROUNDS; round++) {
        dispatched += rig.dispatch(60).size();
        if (round % 3 == 2) {
          running.removeFirst().close();
        } else {
          running.add(
              rig.start("i" + round, Checkpoints.NONE, Map.of(SenderConfig.OPEN_SENDS, "8")));
        }
        int expected = dispatched - 40;
        SenderRig.await("most of them", () -> ends(rig) >= expected);
      }
      int all = dispatched;
      SenderRig.await("all of them", () -> ends(rig) >= all);

      assertThat(ends(rig)).isEqualTo(all);
      assertThat(rig.results().stream().map(SendResult::getDeliveryId)).doesNotHaveDuplicates();
      assertThat(rig.deferrals())
          .as("in good order nothing becomes uncertain")
          .extracting(Deferral::getReason)
          .isSubsetOf(DeferralReason.NOT_STARTED);
      assertThat(rig.deferrals())
          .allMatch(back -> rig.provider.calls(back.getDelivery().getDeliveryId()) == 0);
      assertThat(rig.provider.calls()).hasSize(rig.results().size()).doesNotContainValue(2);
    }
  }

  private static int ends(SenderRig rig) {
    return rig.results().size() + rig.deferrals().size();
  }
}
