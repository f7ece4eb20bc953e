package io.mailstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.schemas.TopicSetup;
import io.mailstream.schemas.Topics;
import io.mailstream.v1.Lane;
import io.mailstream.v1.SendRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The monitor on a real broker, with a stub in place of pipeline and ESP. */
class MonitorIT {

  private static final String brokers = SharedKafka.bootstrapServers();
  private static final EmbeddedRegistry registry = EmbeddedRegistry.shared();
  private static final Topics topics = new Topics(EmbeddedKafka.uniquePrefix());
  private static StubTopology stub;

  @BeforeAll
  static void start() {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      TopicSetup.createMissing(admin, topics, 2, (short) 1);
    }
    stub = new StubTopology(brokers, registry.url(), topics);
  }

  @AfterAll
  static void stop() throws Exception {
    stub.close();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      admin.deleteTopics(topics.all().stream().map(Topics.TopicSpec::name).toList()).all().get();
    }
  }

  private static Run monitor(String to, String... more) {
    List<String> args = new ArrayList<>(List.of("monitor", "--to", to, "--tenant", "acme"));
    args.addAll(List.of("--stream", "monitor", "--from", "Shop <shop@acme.example>"));
    args.addAll(List.of(more));
    return Run.with(
        "",
        Map.of(
            "MAILSTREAM_BOOTSTRAP_SERVERS", brokers,
            "MAILSTREAM_SCHEMA_REGISTRY_URL", registry.url(),
            "MAILSTREAM_TOPICS_PREFIX", topics.prefix()),
        args.toArray(String[]::new));
  }

  @Test
  void eachStageIsALineAndEachRunAMailOfItsOwn() {
    Run first = monitor("Seed@Example.com");
    assertThat(first.err()).isEmpty();
    assertThat(first.status()).isZero();
    assertThat(first.out().lines().map(line -> line.split(" ", -1)[0]))
        .containsExactlyInAnyOrder("accepted", "SENT", "DELIVERED");
    assertThat(first.out())
        .containsPattern(
            "accepted +[0-9.]+ s  " + topics.requests(Lane.TRANSACTIONAL) + "-[01]@\\d+, request ")
        .containsPattern("SENT +[0-9.]+ s  by stub, provider message id m-[0-9a-f-]{36}\n")
        .containsPattern("DELIVERED +[0-9.]+ s  S\\*\\*\\*@Example.com\n");

    assertThat(monitor("seed@example.com").status()).isZero();
    List<SendRequest> requests =
        stub.seen().stream()
            .filter(record -> record.key().equals("seed@example.com"))
            .map(ConsumerRecord::value)
            .map(SendRequest.class::cast)
            .toList();
    assertThat(requests).hasSize(2).doesNotHaveDuplicates();
    assertThat(requests.stream().map(SendRequest::getIdempotencyKey)).doesNotHaveDuplicates();
    assertThat(requests.getFirst().getExpiresAt()).isNotNull();
    assertThat(requests.getFirst().getHeaders().getFirst().getName()).isEqualTo("Auto-Submitted");
  }

  @Test
  void aRefusalEndsItAtOnceWithItsReason() {
    Run run = monitor("refused@example.com");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).contains("accepted").doesNotContain("SENT", "DELIVERED");
    assertThat(run.err()).contains("REJECTED", "SUPPRESSED", "delivery id");
  }

  @Test
  void aBounceEndsItAtOnceWithItsReason() {
    Run run = monitor("bounced@example.com");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .contains("BOUNCED  PERMANENT  INVALID_RECIPIENT  5.1.1  550 no b***@example.com");
    assertThat(run.out() + run.err()).doesNotContain("bounced@");
  }

  @Test
  void aResultThatDoesNotComeIsNamedWithWhereToLook() {
    Run run = monitor("silent@example.com", "--within", "1s");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .contains("missing after 1.0 s: SENT.")
        .contains(topics.results(), topics.deadLetters(), "/readyz", "mailstream_hold_deliveries");
  }

  @Test
  void aDeliveryThatDoesNotComeIsNamedWithWhereToLook() {
    Run run = monitor("quiet@example.com", "--within", "PT5S");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).contains("SENT").doesNotContain("DELIVERED");
    assertThat(run.err())
        .contains("missing after 5.0 s: DELIVERED.")
        .contains(topics.feedback(), "configuration set", "mailstream_webhook_requests_total");
  }

  @Test
  void whatCannotBeSentIsUsage() {
    Run run = monitor("nobody@");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("nothing was sent").contains("is no address");

    assertThat(monitor("seed@example.com", "--within", "0s").status()).isEqualTo(2);
  }
}
