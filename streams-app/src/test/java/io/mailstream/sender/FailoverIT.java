package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.app.StreamsApp;
import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.embedded.ses.SesBehaviour;
import io.mailstream.embedded.ses.SesFault;
import io.mailstream.embedded.ses.SesSimulator;
import io.mailstream.runtime.health.CheckResult;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.AccountState;
import io.mailstream.v1.AccountStatus;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.OnUncertain;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.RecordMetadata;
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

  private final List<AutoCloseable> opened = new ArrayList<>();
  private SesSimulator first;
  private SesSimulator second;
  private TestTopics records;
  private StreamsApp app;
  private int requests;

  @BeforeEach
  void start() throws IOException {
    first = opened(SesSimulator.start(SesSimulator.Options.defaults()));
    second = opened(SesSimulator.start(SesSimulator.Options.defaults()));
    records =
        opened(new TestTopics(SharedKafka.bootstrapServers(), EmbeddedRegistry.shared().url()));
    Path policies = directory.resolve("policies.yaml");
    Files.writeString(policies, POLICIES.formatted(first.url(), second.url()));
    Map<String, String> settings = records.settings();
    settings.put("role", "all");
    settings.put("policies.file", policies.toString());
    settings.put("http.port", "0");
    settings.put("topology.application.id", records.topics.prefix() + "topology");
    settings.put("topology.state.dir", directory.resolve("stores").toString());
    settings.put("topology.standbys", "0");
    settings.put("topology.threads", "1");
    settings.put("sender.group.id", records.topics.prefix() + "sender");
    settings.put("sender.instance.id", "one");
    for (String account : List.of("first", "second")) {
      settings.put("accounts." + account + ".access.key.id", "test");
      settings.put("accounts." + account + ".secret.access.key", "test");
    }
    app = opened(StreamsApp.start(settings));
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable last : opened.reversed()) {
      last.close();
    }
  }

  @Test
  void aPausedAccountsMailGoesByTheOther() {
    send(10);
    awaitResults(10);
    assertThat(second.inbox().accepted()).isZero();

    first.behave(with(SesFault.SENDING_PAUSED));
    send(100);
    awaitResults(110);

    assertThat(first.inbox().accepted()).isEqualTo(10);
    assertThat(second.inbox().accepted()).isEqualTo(100);
    assertThat(results()).extracting(SendResult::getStatus).containsOnly(ResultStatus.SENT);
    assertThat(results()).filteredOn(r -> r.getAccount().equals("second")).hasSize(100);
    assertNothingTwice();
    assertThat(check("account-first"))
        .isInstanceOfSatisfying(
            CheckResult.Up.class, up -> assertThat(up.note()).contains("first is parked"));
    SenderRig.await(
        "the state of the account",
        () ->
            records.read(records.topics.accounts(), AccountState.class).stream()
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
    awaitResults(100);
    assertThat(second.inbox().accepted()).isEqualTo(100);

    first = opened(SesSimulator.start(SesSimulator.Options.defaults().port(port)));
    SenderRig.await(
        "mail by the first account again",
        () -> {
          int before = requests;
          send(2);
          awaitResults(before + 2);
          return first.inbox().accepted() > 0;
        });
    assertThat(results()).extracting(SendResult::getStatus).containsOnly(ResultStatus.SENT);
    assertThat(results()).hasSize(requests);
    assertNothingTwice();
  }

  @Test
  void whatMayHaveBeenHandedOverDoesNotGoByTheOther() {
    first.behave(with(SesFault.RESET_AFTER_BODY));
    send(100);
    awaitResults(100);

    Set<String> handedOver = new HashSet<>();
    for (SendResult result : results()) {
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

  private static SesBehaviour with(SesFault fault) {
    return SesBehaviour.defaults().faultRate(fault, 1);
  }

  private CheckResult check(String name) {
    return app.health().checkReadiness().checks().get(name);
  }

  /** No delivery was accepted twice, by one of them or by both. */
  private void assertNothingTwice() {
    for (SendResult result : results()) {
      String id = result.getDeliveryId();
      assertThat(first.inbox().accepted(id) + second.inbox().accepted(id))
          .as(id)
          .isLessThanOrEqualTo(1);
    }
  }

  private List<SendResult> results() {
    return records.read(records.topics.results(), SendResult.class);
  }

  private void awaitResults(int count) {
    SenderRig.await(
        count + " results", () -> records.readRaw(records.topics.results()).size() >= count);
  }

  private <T extends AutoCloseable> T opened(T resource) {
    opened.add(resource);
    return resource;
  }

  private void send(int count) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = requests++;
      String address = "user%d@example.com".formatted(number);
      SendRequest request =
          SendRequest.newBuilder()
              .setRequestId("r" + number)
              .setTenant("shop")
              .setStream("receipts")
              .setFrom(new Mailbox("orders@shop.example", null))
              .setTo(List.of(new Recipient(address, null, Map.of())))
              .setSubject("Your order")
              .setOnUncertain(OnUncertain.REPORT)
              .setContent(new InlineContent("Thank you.", null, List.of()))
              .build();
      Lane lane = i % 2 == 0 ? Lane.BULK : Lane.TRANSACTIONAL;
      sent.add(records.send(records.topics.requests(lane), RecipientKey.bytes(address), request));
    }
    sent.forEach(TestTopics::get);
  }
}
