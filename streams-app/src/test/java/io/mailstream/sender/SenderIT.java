package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.v1.Delivery;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.util.List;
import org.junit.jupiter.api.Test;

class SenderIT {

  @Test
  void sendsWhatIsDispatchedAndTellsOfIt() {
    try (SenderRig rig = new SenderRig()) {
      List<Delivery> deliveries = rig.dispatch(40);
      rig.start("a");

      SenderRig.await(
          "40 results", () -> rig.read(rig.topics.results(), SendResult.class).size() >= 40);

      assertThat(rig.read(rig.topics.results(), SendResult.class))
          .hasSize(40)
          .allMatch(result -> result.getStatus() == ResultStatus.SENT)
          .extracting(SendResult::getDeliveryId)
          .containsExactlyInAnyOrderElementsOf(
              deliveries.stream().map(Delivery::getDeliveryId).toList());
      assertThat(rig.provider.calls()).hasSize(40).containsValue(1).doesNotContainValue(2);
    }
  }
}
