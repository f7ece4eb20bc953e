package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.app.StreamsApp;
import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.embedded.ses.Inbox;
import io.mailstream.embedded.ses.SesBehaviour;
import io.mailstream.embedded.ses.SesFault;
import io.mailstream.embedded.ses.SesSimulator;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.OnUncertain;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An ESP that throttles 30 % of the calls, fails 20 % and cuts 15 % off after it took the mail:
 * nothing is lost, nothing is sent twice, it is not asked more often than its answers make
 * necessary, and another account's mail does not notice.
 */
class StormIT {

  private static final int MAILS = 150;
  private static final String POLICIES =
      """
      accounts:
        stormy: {provider: ses, settings: {region: us-east-1, endpoint: "%s"}}
        calm: {provider: ses, settings: {region: us-east-1, endpoint: "%s"}}
      tenants:
        stormy:
          {from_domains: [shop.example], account: stormy, streams: {news: {evidence_window: 1s}}}
        calm: {from_domains: [shop.example], account: calm, streams: {news: {}}}
      retry: {initial: 200ms, multiplier: 2, max: 2s, jitter: 1, max_attempts: 100, max_age: 1h}
      """;

  @TempDir Path directory;

  @Test
  void nothingIsLostInAStorm() throws Exception {
    SesBehaviour storm =
        SesBehaviour.defaults()
            .faultRate(SesFault.TOO_MANY_REQUESTS, 0.3)
            .faultRate(SesFault.INTERNAL_ERROR, 0.2)
            .faultRate(SesFault.RESET_AFTER_BODY, 0.15);
    try (SesSimulator stormy =
            SesSimulator.start(SesSimulator.Options.defaults().behaviour(storm).seed(7));
        SesSimulator calm = SesSimulator.start(SesSimulator.Options.defaults());
        TestTopics records =
            new TestTopics(SharedKafka.bootstrapServers(), EmbeddedRegistry.shared().url());
        StreamsApp app = StreamsApp.start(settings(records, stormy, calm))) {
      SenderRig.await("ready", () -> app.health().checkReadiness().isUp());
      send(records, "stormy");
      send(records, "calm");
      SenderRig.await(
          "a result of each request",
          () -> records.readRaw(records.topics.results()).size() >= 2 * MAILS);

      List<SendResult> results = records.read(records.topics.results(), SendResult.class);
      assertThat(results).extracting(SendResult::getRequestId).doesNotHaveDuplicates();
      assertThat(results).hasSize(2 * MAILS);
      assertThat(results)
          .filteredOn(result -> result.getTenant().equals("calm"))
          .extracting(SendResult::getStatus)
          .containsOnly(ResultStatus.SENT);
      assertThat(results)
          .extracting(SendResult::getStatus)
          .containsOnly(ResultStatus.SENT, ResultStatus.UNCERTAIN);
      Inbox.Counts counts = stormy.inbox().counts();
      assertThat(counts.repeatedDeliveries()).isZero();
      // Each mail that is not uncertain was taken, and each that is was: the cut came after.
      assertThat(counts.deliveries()).isEqualTo(MAILS);
      assertThat(results)
          .filteredOn(result -> result.getStatus() == ResultStatus.UNCERTAIN)
          .hasSize((int) counts.unanswered());
      assertThat(calls(counts)).isLessThanOrEqualTo((long) (1.2 / (1 - 0.5) * MAILS));
      assertThat(calls(calm.inbox().counts())).isEqualTo(MAILS);
    }
  }

  private static long calls(Inbox.Counts counts) {
    return counts.accepted()
        + counts.faults().getOrDefault(SesFault.TOO_MANY_REQUESTS, 0L)
        + counts.faults().getOrDefault(SesFault.INTERNAL_ERROR, 0L);
  }

  private Map<String, String> settings(TestTopics records, SesSimulator stormy, SesSimulator calm)
      throws Exception {
    Path policies = directory.resolve("policies.yaml");
    Files.writeString(policies, POLICIES.formatted(stormy.url(), calm.url()));
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
    for (String account : List.of("stormy", "calm")) {
      settings.put("accounts." + account + ".access.key.id", "test");
      settings.put("accounts." + account + ".secret.access.key", "test");
    }
    return settings;
  }

  private static void send(TestTopics records, String tenant) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (int i = 0; i < MAILS; i++) {
      String address = "%s%d@example.com".formatted(tenant, i);
      SendRequest request =
          SendRequest.newBuilder()
              .setRequestId(tenant + i)
              .setTenant(tenant)
              .setStream("news")
              .setFrom(new Mailbox("orders@shop.example", null))
              .setTo(List.of(new Recipient(address, null, Map.of())))
              .setSubject("News")
              .setOnUncertain(OnUncertain.REPORT)
              .setContent(new InlineContent("All of it.", null, List.of()))
              .build();
      sent.add(
          records.send(records.topics.requests(Lane.BULK), RecipientKey.bytes(address), request));
    }
    sent.forEach(TestTopics::get);
  }
}
