package io.mailstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.runtime.health.Health;
import io.mailstream.runtime.http.HttpService;
import io.mailstream.runtime.metrics.Metrics;
import io.mailstream.schemas.Topics;
import io.mailstream.v1.Cancellation;
import io.mailstream.v1.Lane;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SuppressionCommand;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on a real broker, with a stub in place of the pipeline. */
class MailstreamIT {

  private static final String MAIL =
      "\"tenant\": \"acme\", \"stream\": \"receipts\", \"from\": \"shop@acme.example\","
          + " \"subject\": \"Thanks\", \"text\": \"t\"";

  @TempDir Path dir;

  private static final String brokers = SharedKafka.bootstrapServers();
  private static final EmbeddedRegistry registry = EmbeddedRegistry.shared();
  private static final Topics topics = new Topics(EmbeddedKafka.uniquePrefix());
  private static StubTopology stub;

  @BeforeAll
  static void createTopics() {
    Run run = run("topics", "create", "--partitions", "2", "--replication-factor", "1");
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("created " + topics.results())
        .contains("the topics " + topics.prefix() + "* are all there, with 2 partitions");
    stub = new StubTopology(brokers, registry.url(), topics);
  }

  @AfterAll
  static void deleteTopics() throws Exception {
    if (stub != null) {
      stub.close();
    }
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      admin.deleteTopics(topics.all().stream().map(Topics.TopicSpec::name).toList()).all().get();
    }
  }

  private static Run run(String... args) {
    return runWith("", args);
  }

  private static Run runWith(String in, String... args) {
    return Run.with(in, env(), args);
  }

  private static Map<String, String> env() {
    return Map.of(
        "MAILSTREAM_BOOTSTRAP_SERVERS", brokers,
        "MAILSTREAM_SCHEMA_REGISTRY_URL", registry.url(),
        "MAILSTREAM_TOPICS_PREFIX", topics.prefix());
  }

  private static Run sendOne(String to, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "send",
                "--stream",
                "receipts",
                "--from",
                "shop@acme.example",
                "--to",
                to,
                "--subject",
                "Thanks",
                "--text",
                "t"));
    args.addAll(List.of(more));
    if (!args.contains("--tenant")) {
      args.addAll(List.of("--tenant", "acme"));
    }
    return run(args.toArray(String[]::new));
  }

  @Test
  void oneMailIsFollowedToItsResult() {
    Run run = sendOne("A@Example.com", "--request-id", "o-1", "--tag", "k=v", "--wait");

    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .isEqualTo(
            "SENT       A@Example.com  o-1  stub m-o-1\n1 request for 1 recipient: 1 SENT\n");
    assertThat(run.status()).isZero();
    ConsumerRecord<String, Object> record = seen("o-1");
    assertThat(record.topic()).isEqualTo(topics.requests(Lane.TRANSACTIONAL));
    assertThat(record.key()).isEqualTo("a@example.com");
    assertThat(((SendRequest) record.value()).getTags()).isEqualTo(Map.of("k", "v"));
  }

  @Test
  void anUnexpectedResultIsStatusOneUnlessExpected() {
    Run unexpected = sendOne("refused@example.com", "--request-id", "r-1", "--wait");
    assertThat(unexpected.out()).contains("REJECTED   refused@example.com  r-1  SUPPRESSED");
    assertThat(unexpected.status()).isEqualTo(1);

    Run expected = sendOne("refused@example.com", "--wait", "--expect", "sent,rejected");
    assertThat(expected.status()).isZero();
  }

  @Test
  void aResultThatDoesNotComeIsATimeout() {
    Run run = sendOne("silent@example.com", "--request-id", "r-1", "--wait", "--timeout", "1s");

    assertThat(run.status()).isEqualTo(4);
    assertThat(run.out())
        .contains("no result  silent@example.com  r-1")
        .contains("1 recipient without a result after 1 s");
  }

  @Test
  void resultsOfAbortedTransactionsAreNotSeen() {
    Run run = sendOne("aborted@example.com", "--wait");

    assertThat(run.out()).contains("SENT ").doesNotContain("FAILED");
    assertThat(run.status()).isZero();
  }

  @Test
  void badLinesAreNamedAndTheOthersGoOn() {
    String lines =
        String.join(
            "\n",
            "{%s, \"request_id\": \"r-4\", \"to\": [\"a@example.com\", \"b@example.com\"], \"lane\": \"bulk\"}"
                .formatted(MAIL),
            "not json",
            "",
            "{" + MAIL + ", \"to\": \"nobody\"}",
            "{\"to\": \"c@example.com\", \"request_id\": \"r-5\"}",
            "{" + MAIL + ", \"to\": \"d@example.com\", \"to\": \"e@example.com\"}");

    Run run =
        runWith(
            lines,
            "send",
            "--file",
            "-",
            "--tenant",
            "beta",
            "--stream",
            "news",
            "--from",
            "news@beta.example",
            "--text",
            "default",
            "--wait");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .contains("line 2: not JSON")
        .contains("line 4: to: 'nobody' is no address")
        .contains("line 6: not JSON: Duplicate")
        .doesNotContain("line 1", "line 3", "line 5");
    assertThat(run.out())
        .contains("SENT       a@example.com", "SENT       b@example.com")
        .contains("SENT       c@example.com  r-5")
        .contains("2 requests for 3 recipients: 3 SENT; 3 bad lines left out");
    ConsumerRecord<String, Object> bulk = seen("r-4");
    assertThat(bulk.topic()).isEqualTo(topics.requests(Lane.BULK));
    assertThat(bulk.key()).isNull();
    assertThat(((SendRequest) bulk.value()).getTenant()).isEqualTo("acme");
    ConsumerRecord<String, Object> transactional = seen("r-5");
    assertThat(transactional.topic()).isEqualTo(topics.requests(Lane.TRANSACTIONAL));
    assertThat(transactional.key()).isEqualTo("c@example.com");
    assertThat(((SendRequest) transactional.value()).getTenant()).isEqualTo("beta");
  }

  private static ConsumerRecord<String, Object> seen(String requestId) {
    return stub.seen().stream()
        .filter(record -> ((SendRequest) record.value()).getRequestId().equals(requestId))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void manyLinesFromAFile() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      lines.append("{\"to\": \"user%d@example.com\"}%n".formatted(i));
    }
    Path file = Files.writeString(dir.resolve("mails.jsonl"), lines);

    Run run =
        run(
            "send",
            "--file",
            file.toString(),
            "--tenant",
            "acme",
            "--stream",
            "news",
            "--from",
            "news@acme.example",
            "--text",
            "t",
            "--lane",
            "bulk",
            "--wait");

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("200 requests for 200 recipients: 200 SENT");
  }

  @Test
  void aMailThatIsTooLargeNamesBothLimits() throws Exception {
    Path small = dir.resolve("small.properties");
    Files.writeString(small, "max.request.size=1000\n");
    Path large = Files.writeString(dir.resolve("large.txt"), "x".repeat(2000));

    Run run = sendOne("a@example.com", "--config", small.toString(), "--html", "@" + large);

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .contains("too large")
        .contains("max.request.size (1000")
        .contains("max.message.bytes of topic " + topics.requests(Lane.TRANSACTIONAL));
    assertThat(run.out()).contains("0 requests for 0 recipients acknowledged; 1 request failed");
  }

  @Test
  void resultsAreShownFiltered() {
    Run sent = sendOne("filter@example.com", "--request-id", "f-1", "--tenant", "filter", "--wait");
    assertThat(sent.status()).as(sent.out() + sent.err()).isZero();
    Run refused =
        sendOne("refused@example.com", "--request-id", "f-2", "--tenant", "filter", "--wait");
    assertThat(refused.status()).as(refused.out() + refused.err()).isEqualTo(1);

    assertThat(run("results", "--tenant", "filter").out().lines()).hasSize(2);
    assertThat(run("results", "--request-id", "f-2").out()).contains("REJECTED   refused@");
    assertThat(run("results", "--tenant", "filter", "--status", "rejected", "--json").out().lines())
        .singleElement()
        .asString()
        .contains("\"request_id\":\"f-2\"", "\"status\":\"REJECTED\"");
    assertThat(run("results", "--recipient", "FILTER@EXAMPLE.COM").out().lines()).hasSize(1);
    assertThat(run("results", "--tenant", "nobody").status()).isEqualTo(1);
    assertThat(
            run("results", "--follow", "--from-beginning", "--tenant", "filter", "--max", "2")
                .out()
                .lines())
        .hasSize(2);
  }

  @Test
  void mailIsTakenBackForEachAddress() {
    Run run =
        run(
            "cancel",
            "--tenant",
            "acme",
            "--key",
            "o-9",
            "A@Example.com",
            "b@example.com",
            "--wait");

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out().lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith("CANCELLED"))
        .anyMatch(line -> line.contains("A@Example.com  o-9"));
    assertThat(stub.seen())
        .filteredOn(record -> record.value() instanceof Cancellation)
        .extracting(ConsumerRecord::key)
        .contains("a@example.com", "b@example.com");

    Run silent =
        run("cancel", "--tenant", "t", "--key", "k", "silent@e.com", "--wait", "--timeout", "1s");
    assertThat(silent.status()).isEqualTo(4);
    assertThat(silent.out()).contains("no result  silent@e.com").contains("mailstream results");

    assertThat(run("cancel", "--tenant", "t", "--key", "k", "nonsense").status()).isEqualTo(2);
    assertThat(run("cancel", "--tenant", "t", "a@e.com").err()).contains("--key");
  }

  @Test
  void topicsThatAreNotThereAreNamed() {
    Run send = sendOne("a@example.com", "--prefix", "nowhere.");
    assertThat(send.status()).isEqualTo(3);
    assertThat(send.err())
        .contains("there is no topic nowhere.requests.transactional at " + brokers)
        .contains("mailstream topics create")
        .contains("--prefix");

    Run check = run("topics", "check", "--prefix", "nowhere.");
    assertThat(check.status()).isEqualTo(1);
    assertThat(check.err()).contains("nowhere.results");
  }

  @Test
  void aRegistryThatIsNotThereIsNamed() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    String nowhere = "http://127.0.0.1:" + free;
    Path quick = dir.resolve("quick.properties");
    Files.writeString(quick, "mailstream.registry.retry.timeout.ms=100\n");

    Run run = sendOne("a@example.com", "--registry", nowhere, "--config", quick.toString());

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.err()).contains(nowhere).contains("--registry");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void aListIsImportedAndABadLineNamed() throws Exception {
    Path file =
        Files.writeString(
            dir.resolve("list.csv"),
            "address,reason\nA@Example.com,COMPLAINT\nnobody,\nb@example.com,\n");

    Run dry = run("suppressions", "import", file.toString(), "--dry-run");
    assertThat(dry.status()).isEqualTo(1);
    assertThat(dry.err())
        .contains("line 3: address", "2 lines are good, 1 bad; nothing was imported");
    assertThat(commands()).isEmpty();

    Path bad = dir.resolve("bad.txt");
    Run run =
        run("suppressions", "import", file.toString(), "--tenant", "shop", "--bad", bad.toString());
    assertThat(run.status()).as(run.err()).isEqualTo(1);
    assertThat(Files.readString(bad)).startsWith("line 3: address");
    List<SuppressionCommand> commands = commands();
    assertThat(commands)
        .extracting(SuppressionCommand::getAddress)
        .containsExactlyInAnyOrder("A@Example.com", "b@example.com");
    assertThat(commands)
        .allSatisfy(command -> {
          assertThat(command.getTenant()).isEqualTo("shop");
          assertThat(command.getIssuedBy()).isEqualTo("import");
        });

    // As if it had been interrupted behind the third line.
    String id = commands.getFirst().getCommandId();
    new ResumeFile(file, id.substring(0, id.lastIndexOf('-'))).write(3, "");
    Run rest = run("suppressions", "import", file.toString(), "--tenant", "shop");
    assertThat(rest.err()).contains("going on behind line 3", "1 lines imported, 0 bad");
    assertThat(commands())
        .hasSize(3)
        // A line that is imported twice has the same id.
        .extracting(SuppressionCommand::getCommandId)
        .hasSameElementsAs(commands.stream().map(SuppressionCommand::getCommandId).toList());
    assertThat(dir.resolve("list.csv.progress")).doesNotExist();
  }

  @Test
  void whatRemainsOfAnErasedPersonIsSaid() {
    Metrics metrics = Metrics.create("test");
    try (metrics;
        HttpService server =
            HttpService.start(
                "API",
                "127.0.0.1",
                0,
                new Health(),
                metrics,
                routes ->
                    routes
                        .delete(
                            "/v1/recipients/{+address}",
                            (request, response) ->
                                response.send(
                                    "{\"kept\":\"hash\",\"entries\":[{\"scope\":\"everything\","
                                        + "\"reason\":\"COMPLAINT\"}]}"))
                        .get(
                            "/v1/recipients/{+address}",
                            (request, response) ->
                                response.send("{\"held\":[],\"held_complete\":true}")))) {
      Run run = run("erase", "a@example.com", "--api", server.url());

      assertThat(run.status()).as(run.err()).isZero();
      assertThat(run.out())
          .contains("a keyed hash of the address is left", "COMPLAINT for everything, for good")
          .contains(topics.results())
          .contains("when it is compacted")
          .doesNotContain(topics.accounts());
    }
    assertThat(run("erase", "nobody").status()).isEqualTo(2);
  }

  private static List<SuppressionCommand> commands() {
    Settings settings = Settings.load(Optional.empty(), env(), Map.of());
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    Terminal terminal = new Terminal(InputStream.nullInputStream(), nowhere, nowhere, env(), false);
    List<SuppressionCommand> found = new ArrayList<>();
    try (TopicReader<SuppressionCommand> reader =
        new TopicReader<>(
            settings,
            terminal,
            topics.suppressionImports(),
            SuppressionCommand.class,
            TopicReader.From.BEGINNING)) {
      reader.markEnds();
      while (!reader.reachedEnds()) {
        found.addAll(reader.poll(Duration.ofMillis(100)));
      }
    }
    return found;
  }
}
