package io.mailstream.runtime.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class HealthTest {

  @Test
  void oneCheckThatIsDownMakesTheWholeDown() {
    Health health = new Health();
    health.readiness(HealthCheck.of("kafka", CheckResult::up));
    assertThat(health.checkReadiness().isUp()).isTrue();

    health.readiness(HealthCheck.of("registry", () -> CheckResult.down("no answer")));
    assertThat(health.checkReadiness().isUp()).isFalse();
    assertThat(health.checkReadiness().checks())
        .isEqualTo(Map.of("kafka", CheckResult.up(), "registry", CheckResult.down("no answer")));
    assertThat(health.checkLiveness().isUp()).isTrue();
  }

  @Test
  void aCheckThatThrowsIsDownWithoutTheAddressInIt() {
    Health health = new Health();
    health.liveness(
        HealthCheck.of(
            "store",
            () -> {
              throw new IllegalStateException("no entry for john@example.com");
            }));

    assertThat(health.checkLiveness().checks().get("store"))
        .isEqualTo(
            CheckResult.down(
                "the check failed: java.lang.IllegalStateException: no entry for"
                    + " j***@example.com"));
  }

  @Test
  void aCheckThatHangsIsDownAndDoesNotHoldUpTheOthers() {
    Health health = new Health(Duration.ofMillis(50));
    CountDownLatch never = new CountDownLatch(1);
    health.readiness(
        HealthCheck.of(
            "stuck",
            () -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return CheckResult.up();
            }));
    health.readiness(HealthCheck.of("kafka", CheckResult::up));

    assertThat(health.checkReadiness().checks())
        .isEqualTo(
            Map.of(
                "stuck", CheckResult.down("the check did not answer within 50 ms"),
                "kafka", CheckResult.up()));
  }
}
