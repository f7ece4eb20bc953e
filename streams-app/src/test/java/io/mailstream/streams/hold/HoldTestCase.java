package io.mailstream.streams.hold;

import io.mailstream.policy.Limit;
import io.mailstream.policy.Policies;
import io.mailstream.streams.hold.ReleaseCheck.Verdict;
import io.mailstream.streams.result.Results;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The hold queue's processor under a driver, with a check at release that a test can steer. */
abstract class HoldTestCase {

  static final Duration WINDOW = Duration.ofMinutes(10);

  @TempDir Path stateDir;
  final Set<String> suppressed = new HashSet<>();
  HoldDriver driver;

  @AfterEach
  void close() {
    if (driver != null) {
      driver.close();
    }
  }

  /** Starts it with limits by stream. */
  final void start(Map<String, Limit> limits) {
    start(Mail.policies(limits, WINDOW));
  }

  final void start(Policies policies) {
    driver = new HoldDriver(policies, this::check, stateDir, Mail.START);
  }

  private Verdict check(Delivery delivery, long now) {
    if (suppressed.contains(delivery.getDeliveryId())) {
      return new Verdict.End(
          Results.of(
              delivery,
              ResultStatus.REJECTED,
              List.of(ReasonCode.SUPPRESSED),
              "suppressed",
              delivery.getAttempt() - 1,
              now));
    }
    if (delivery.getDeliveryId().startsWith("to-spare")) {
      delivery.setAccount("spare");
    }
    return new Verdict.Go(delivery);
  }

  /** The sender hands a delivery back. */
  final void defer(String id, int attempt, DeferralReason reason, Long notBefore) {
    Delivery delivery = Mail.bulk(id);
    delivery.setAttempt(attempt);
    driver.send(Mail.deferral(delivery, reason, notBefore, driver.now()));
  }

  /** How many entries the store of held mail has. */
  final long heldKeys() {
    long keys = 0;
    try (var all = driver.heldStore().all()) {
      while (all.hasNext()) {
        all.next();
        keys++;
      }
    }
    return keys;
  }
}
