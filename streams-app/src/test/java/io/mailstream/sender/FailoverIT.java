package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.embedded.ses.SesBehaviour;
import io.mailstream.embedded.ses.SesFault;
import io.mailstream.embedded.ses.SesSimulator;
import io.mailstream.runtime.health.CheckResult;
import io.mailstream.v1.AccountState;
import io.mailstream.v1.AccountStatus;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two accounts with an ESP each: what one does not take goes by the other, what may have been
 * handed over does not, and the first gets its mail again when it takes it.
 */
class FailoverIT {

  private static final String POLICIES =
      """
      accounts:
        first: {provider: ses, settings: {region: us-east-1, endpoint: "%s"}}
        second: {provider: ses, settings: {region: us-east-1, endpoint: "%s"}}
      tenants:
        shop:
          from_domains: [shop.example]
          accounts: {first: {}, second: {weight: 0}}
          streams:
            receipts: {evidence_window: 1s}
      retry: {initial: 500ms, multiplier: 1, max: 500ms, jitter: 0, max_attempts: 200, max_age: 1h}
      """;

  @TempDir Path directory;

  private PipelineRig pipeline;
  private SesSimulator first;
  private SesSimulator second;

  @BeforeEach
  void start() throws IOException {
    pipeline = new PipelineRig(directory);
    first = pipeline.opened(SesSimulator.start(SesSimulator.Options.defaults()));
    second = pipeline.opened(SesSimulator.start(SesSimulator.Options.defaults()));
    pipeline
        .connect()
        .start(POLICIES.formatted(first.url(), second.url()), List.of("first", "second"), Map.of());
  }

  @AfterEach
  void close() {
    pipeline.close();
  }

  @Test
  void aPausedAccountsMailGoesByTheOther() {
    send(10);
    pipeline.awaitResults(10);
    assertThat(second.inbox().accepted()).isZero();

    first.behave(with(SesFault.SENDING_PAUSED));
    send(100);
    pipeline.awaitResults(110);

    assertThat(first.inbox().accepted()).isEqualTo(10);
    assertThat(second.inbox().accepted()).isEqualTo(100);
    assertThat(pipeline.results())
        .extracting(SendResult::getStatus)
        .containsOnly(ResultStatus.SENT);
    assertThat(pipeline.results()).filteredOn(r -> r.getAccount().equals("second")).hasSize(100);
    assertNothingTwice();
    assertThat(pipeline.check("account-first"))
        .isInstanceOfSatisfying(
            CheckResult.Up.class, up -> assertThat(up.note()).contains("first is parked"));
    SenderRig.await(
        "the state of the account",
        () ->
            pipeline
                .records()
                .read(pipeline.records().topics.accounts(), AccountState.class)
                .stream()
                .anyMatch(state ->
                    state.getAccount().equals("first")
                        && state.getStatus() == AccountStatus.PARKED
                        && state.getUntil() != null));
  }

  @Test
  void whatIsAwayIsGoneRoundUntilItIsBack() {
    int port = URI.create(first.url()).getPort();
    first.close();
    send(100);
    pipeline.awaitResults(100);
    assertThat(second.inbox().accepted()).isEqualTo(100);

    first = pipeline.opened(SesSimulator.start(SesSimulator.Options.defaults().port(port)));
    SenderRig.await(
        "mail by the first account again",
        () -> {
          int before = pipeline.requests();
          send(2);
          pipeline.awaitResults(before + 2);
          return first.inbox().accepted() > 0;
        });
    assertThat(pipeline.results())
        .extracting(SendResult::getStatus)
        .containsOnly(ResultStatus.SENT);
    assertThat(pipeline.results()).hasSize(pipeline.requests());
    assertNothingTwice();
  }

  @Test
  void whatMayHaveBeenHandedOverDoesNotGoByTheOther() {
    first.behave(with(SesFault.RESET_AFTER_BODY));
    send(100);
    pipeline.awaitResults(100);

    Set<String> handedOver = new HashSet<>();
    for (SendResult result : pipeline.results()) {
      boolean uncertain = result.getStatus() == ResultStatus.UNCERTAIN;
      assertThat(result.getStatus()).isIn(ResultStatus.UNCERTAIN, ResultStatus.SENT);
      assertThat(result.getAccount()).isEqualTo(uncertain ? "first" : "second");
      if (uncertain) {
        handedOver.add(result.getDeliveryId());
      }
    }
    // The breaker has opened, so not everything was tried there.
    assertThat(handedOver).isNotEmpty().hasSizeLessThan(100);
    assertThat(first.inbox().accepted()).isEqualTo(handedOver.size());
    assertNothingTwice();
  }

  @Test
  void whatTheEspTakesSlowlyWaitsInTheTopology() {
    first.behave(SesBehaviour.defaults().maxSendRate(10));
    second.behave(SesBehaviour.defaults().maxSendRate(10));
    SenderRig.await(
        "mail that is given to the sender no faster than it is sent",
        () -> {
          int before = pipeline.requests();
          send(40);
          pipeline.awaitResults(before + 40);
          LongSummaryStatistics dispatched =
              pipeline.results().stream()
                  .skip(before)
                  .mapToLong(result -> result.getDispatchedAt().toEpochMilli())
                  .summaryStatistics();
          // At once without a pace; 40 at 12 a second, less a burst, with it.
          return dispatched.getMax() - dispatched.getMin() > 1_500;
        });
    assertNothingTwice();
  }

  private static SesBehaviour with(SesFault fault) {
    return SesBehaviour.defaults().faultRate(fault, 1);
  }

  /** No delivery was accepted twice, by one of them or by both. */
  private void assertNothingTwice() {
    for (SendResult result : pipeline.results()) {
      String id = result.getDeliveryId();
      assertThat(first.inbox().accepted(id) + second.inbox().accepted(id))
          .as(id)
          .isLessThanOrEqualTo(1);
    }
  }

  private void send(int count) {
    pipeline.send("shop", "receipts", count);
  }
}
