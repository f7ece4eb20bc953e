package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.sender.provider.Deliveries;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the sender tells of a delivery that an earlier attempt may have delivered. */
class OutcomeTest {

  private static final long NOW = 1_000_000;

  private final Delivery second =
      Deliveries.to("user@example.org").setAttempt(2).setUncertainAttempts(1).build();

  @Test
  void nothingIsSaidToHaveBeenRefusedThatMayHaveBeenSent() {
    List<SendResult> results =
        Stream.of(
                Outcome.suppressed(second, "it complained", NOW),
                Outcome.expired(second, NOW),
                Outcome.failed(second, ReasonCode.CONTENT_UNAVAILABLE, "it is gone", NOW),
                Outcome.of(
                    second, new SendOutcome.Rejected(ReasonCode.ESP_REJECTED, "no such user"), NOW))
            .map(outcome -> (SendResult) outcome.value())
            .toList();

    assertThat(results)
        .allSatisfy(result -> {
          assertThat(result.getStatus()).isEqualTo(ResultStatus.UNCERTAIN);
          assertThat(result.getReasons()).startsWith(ReasonCode.OUTCOME_UNKNOWN).hasSize(2);
          assertThat(result.getDetail()).startsWith("an earlier attempt may have been sent");
        });
  }

  @Test
  void whatTheEspTookIsSent() {
    SendResult result = (SendResult) Outcome.sent(second, "id-1", NOW).value();

    assertThat(result.getStatus()).isEqualTo(ResultStatus.SENT);
    assertThat(result.getReasons()).isEmpty();
  }
}
