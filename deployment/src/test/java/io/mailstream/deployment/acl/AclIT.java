package io.mailstream.deployment.acl;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.embedded.ses.SesFault;
import io.mailstream.schemas.Topics;
import io.mailstream.schemas.UnsubscribeTokens;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import io.mailstream.v1.Suppression;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pipeline on a broker that has exactly the users and ACLs of strimzi/: all of it works, each
 * ACL is needed, and nobody may do more.
 */
class AclIT {

  private static final Duration STEP = Duration.ofSeconds(30);
  private static final Topics TOPICS = SecuredBroker.TOPICS;
  private static final String FROM = "no-reply@example.com";
  private static final byte[] GARBAGE = {9, 9, 9};

  /** What this test does not make happen, and why it is granted all the same. */
  private static final Map<String, String> RARE =
      Map.of(
          "mailstream-sender WRITE mail.feedback",
          "evidence of a call that came back after its partition had gone to another sender");

  /** Not run here: docs/deploy/strimzi.md says how its ACLs were found. */
  private static final String REGISTRY = "User:apicurio-registry";

  @TempDir static Path directory;
  private static Pipeline pipeline;

  @BeforeAll
  static void start() throws Exception {
    pipeline = new Pipeline(directory);
  }

  @AfterAll
  static void stop() {
    if (pipeline != null) {
      pipeline.close();
    }
  }

  @Test
  void everythingWorksAndNeedsEachOfItsAcls() throws Exception {
    try (User producer = user("mailstream-producer");
        User reader = user("mailstream-reader");
        User cli = user("mailstream-cli")) {
      aMailIsSentAndDelivered(producer, reader);
      aBounceSuppresses(producer, reader);
      mailOverALimitIsHeldAndReleased(producer, reader);
      mailTheEspPutsOffIsTriedAgain(producer, reader);
      mailThatIsNotAtHomeGetsThere(producer, reader);
      whatCannotBeReadIsKept(producer, cli);
      opensAreKept(reader);
      aTokenOfMailgunsIsTakenForOneBody();
      aLinkEndsASubscription(reader);
      commandsSuppress(cli, reader);
      mailIsTakenBack(producer, cli, reader);
      theQueryApiChangesTheList();
      aStreamIsHeldAndGoesOn(producer, reader);
      bouncesHoldTheirStream(producer, reader);
    }
    theMonitorSeesItsMailDelivered();
    theCommandLineWorks();

    assertThat(RecordingAuthorizer.denied()).as("refused").isEmpty();
    // What is finished is deleted from time to time, not at once.
    Await.that("records are deleted", STEP, () -> deletions() >= 3);
    assertThat(unneeded()).as("ACLs that nothing needed").isEmpty();
  }

  private static void aMailIsSentAndDelivered(User producer, User reader) throws Exception {
    send(producer, Lane.TRANSACTIONAL, "plain", "alerts", Mails.simulated("success"));
    expect(reader, "plain", ResultStatus.SENT);
    feedback(reader, "plain", FeedbackType.DELIVERED);
  }

  private static void aBounceSuppresses(User producer, User reader) throws Exception {
    String address = Mails.simulated("bounce+acl");
    send(producer, Lane.TRANSACTIONAL, "bounces", "alerts", address);
    feedback(reader, "bounces", FeedbackType.BOUNCED);
    assertThat(suppression(reader, address)).isPresent();
    Await.that("the query API says so", STEP, () -> isSuppressed(address));
    send(producer, Lane.TRANSACTIONAL, "suppressed", "alerts", address);
    expect(reader, "suppressed", ResultStatus.REJECTED);
  }

  private static void mailOverALimitIsHeldAndReleased(User producer, User reader) throws Exception {
    double before = pipeline.metric("mailstream_hold_entered_total");
    for (int i = 0; i < 3; i++) {
      send(producer, Lane.BULK, "digest-" + i, "digest", Mails.simulated("success+digest"));
    }
    for (int i = 0; i < 3; i++) {
      expect(reader, "digest-" + i, ResultStatus.SENT);
    }
    assertThat(pipeline.metric("mailstream_hold_entered_total")).isGreaterThan(before);
  }

  private static void mailTheEspPutsOffIsTriedAgain(User producer, User reader) throws Exception {
    pipeline.ses().failNext(SesFault.SERVICE_UNAVAILABLE);
    send(producer, Lane.TRANSACTIONAL, "put-off", "alerts", Mails.simulated("success+late"));
    assertThat(expect(reader, "put-off", ResultStatus.SENT).getAttempts()).isGreaterThan(1);
  }

  private static void mailThatIsNotAtHomeGetsThere(User producer, User reader) throws Exception {
    String address = Mails.simulated("success+hop");
    producer.write(
        TOPICS.requests(Lane.BULK),
        Mails.foreignKey(address, SecuredBroker.PARTITIONS),
        Mails.request("hops", "alerts", address));
    expect(reader, "hops", ResultStatus.SENT);
  }

  private static void whatCannotBeReadIsKept(User producer, User cli) throws Exception {
    producer.writeBytes(TOPICS.requests(Lane.BULK), null, GARBAGE);
    try (User anybody =
        new User(
            Map.of("bootstrap.servers", pipeline.broker().openBootstrapServers()),
            pipeline.registryUrl())) {
      anybody.writeBytes(TOPICS.dispatch(Lane.BULK), Mails.key("a@example.com"), GARBAGE);
    }
    pipeline.events().publish("no event at all", Duration.ZERO);
    Await.that(
        "three dead letters",
        STEP,
        () ->
            RecordingAuthorizer.allowed().stream()
                    .filter(action -> action.name().equals(TOPICS.deadLetters()))
                    .filter(action -> action.operation().name().equals("WRITE"))
                    .count()
                == 3);
    assertThat(
            cli.await(TOPICS.deadLetters(), Optional.empty(), byte[].class, letter -> true, STEP))
        .isPresent();
  }

  private static void opensAreKept(User reader) {
    pipeline.events().publish(Mails.openEvent("opens@example.com"), Duration.ZERO);
    assertThat(
            reader.await(
                TOPICS.engagement(),
                Optional.of("mailstream-reader-opens"),
                FeedbackEvent.class,
                event -> event.getType() == FeedbackType.OPENED,
                STEP))
        .isPresent();
  }

  private static void aTokenOfMailgunsIsTakenForOneBody() throws Exception {
    String url = pipeline.webhooksUrl() + "/webhooks/mailgun";
    Instant at = Instant.now();
    Await.that(
        "the token is taken",
        STEP,
        () -> Http.post(url, Mails.mailgun(Pipeline.MAILGUN_KEY, "delivered", at)) == 204);
    assertThat(Http.post(url, Mails.mailgun(Pipeline.MAILGUN_KEY, "complained", at)))
        .isEqualTo(403);
  }

  private static void aLinkEndsASubscription(User reader) throws Exception {
    String address = "subscriber@example.com";
    String token =
        UnsubscribeTokens.of(Pipeline.UNSUBSCRIBE_KEYS)
            .seal(
                new UnsubscribeTokens.Subscription(
                    "demo", "digest", address, Instant.ofEpochSecond(4_000_000_000L)));
    assertThat(
            Http.post(
                pipeline.webhooksUrl() + "/unsubscribe/" + token, "List-Unsubscribe=One-Click"))
        .isEqualTo(200);
    assertThat(suppression(reader, address)).isPresent();
  }

  private static void commandsSuppress(User cli, User reader) throws Exception {
    Map<String, String> topics =
        Map.of(
            "by-hand@example.com", TOPICS.suppressionCommands(),
            "imported@example.com", TOPICS.suppressionImports());
    for (Map.Entry<String, String> entry : topics.entrySet()) {
      String address = entry.getKey();
      cli.write(
          entry.getValue(), Mails.key(address), Mails.suppress("command-" + address, address));
      assertThat(suppression(reader, address)).isPresent();
    }
    assertThat(
            cli.await(
                TOPICS.suppressions(), Optional.empty(), Suppression.class, any -> true, STEP))
        .isPresent();
  }

  private static void mailIsTakenBack(User producer, User cli, User reader) throws Exception {
    for (Map.Entry<String, User> one : Map.of("by-team", producer, "by-hand", cli).entrySet()) {
      String address = one.getKey() + "@example.com";
      String request = "taken-back-" + one.getKey();
      one.getValue()
          .write(TOPICS.cancellations(), Mails.key(address), Mails.cancellation(request, address));
      send(producer, Lane.BULK, request, "alerts", address);
      expect(reader, request, ResultStatus.CANCELLED);
    }
  }

  private static void theQueryApiChangesTheList() throws Exception {
    String url = pipeline.apiUrl() + "/v1/suppressions/by-api@example.com";
    assertThat(Http.put(url)).as(() -> "refused: " + RecordingAuthorizer.denied()).isEqualTo(200);
    assertThat(isSuppressed("by-api@example.com")).isTrue();
  }

  private static void aStreamIsHeldAndGoesOn(User producer, User reader) throws Exception {
    CommandLine cli = commandLine("mailstream-cli");
    assertThat(cli.run("streams", "pause", "demo", "digest", "--note", "too many").status())
        .isZero();
    Await.that("the stream is held", STEP, () -> streams(cli).contains("demo/digest  PAUSED"));
    assertThat(streams(cli)).contains("by ", "too many");
    send(producer, Lane.BULK, "in-a-pause", "digest", Mails.simulated("success+pause"));
    Await.that(
        "the mail is held",
        STEP,
        () -> pipeline.metric("mailstream_hold_deliveries", "reason=\"stream_paused\"") == 1);
    assertThat(cli.run("streams", "resume", "demo", "digest").status()).isZero();
    expect(reader, "in-a-pause", ResultStatus.SENT);
    Await.that("the stream goes on", STEP, () -> streams(cli).contains("demo/digest  goes"));
  }

  private static void bouncesHoldTheirStream(User producer, User reader) throws Exception {
    CommandLine cli = commandLine("mailstream-cli");
    for (int i = 0; i < 2; i++) {
      send(producer, Lane.BULK, "worn-out-" + i, "news", Mails.simulated("bounce+news" + i));
    }
    Await.that("the stream is held", STEP, () -> streams(cli).contains("demo/news  PAUSED"));
    assertThat(streams(cli)).contains("bounce");
    assertThat(pipeline.metric("mailstream_stream_paused", "stream=\"news\"")).isEqualTo(1);
    send(producer, Lane.BULK, "after-bounces", "news", Mails.simulated("success+news"));
    Await.that(
        "the mail is held",
        STEP,
        () -> pipeline.metric("mailstream_hold_deliveries", "reason=\"stream_paused\"") == 1);
    assertThat(cli.run("streams", "resume", "demo", "news").status()).isZero();
    expect(reader, "after-bounces", ResultStatus.SENT);
  }

  private static String streams(CommandLine cli) throws Exception {
    return cli.run("streams", "list", "--api", pipeline.apiUrl()).output();
  }

  private static void theMonitorSeesItsMailDelivered() throws Exception {
    String seed = Mails.simulated("success+seed");
    CommandLine.Ended ended =
        commandLine("mailstream-monitor")
            .run(
                "monitor",
                "--tenant",
                "demo",
                "--stream",
                "alerts",
                "--from",
                FROM,
                "--to",
                seed,
                "--within",
                "45s");
    assertThat(ended.status()).as(ended.output()).isZero();
  }

  private static void theCommandLineWorks() throws Exception {
    CommandLine cli = commandLine("mailstream-cli");
    CommandLine.Ended check = cli.run("topics", "check");
    assertThat(check.status()).as(check.output()).isZero();
    try (User lane = user("mailstream-cli")) {
      send(lane, Lane.BULK, "by-cli-bulk", "alerts", Mails.simulated("success+cli"));
    }
    CommandLine.Ended sent =
        cli.run(
            "send",
            "--tenant",
            "demo",
            "--stream",
            "alerts",
            "--from",
            FROM,
            "--to",
            Mails.simulated("success+cli"),
            "--subject",
            "Hello",
            "--text",
            "It works.",
            "--wait",
            "--lane",
            "transactional");
    assertThat(sent.status()).as(sent.output()).isZero();
  }

  private static void send(User user, Lane lane, String id, String stream, String to)
      throws Exception {
    user.write(TOPICS.requests(lane), Mails.key(to), Mails.request(id, stream, to));
  }

  private static SendResult expect(User reader, String id, ResultStatus status) {
    Optional<SendResult> result =
        reader.await(
            TOPICS.results(),
            Optional.of("mailstream-reader-" + id),
            SendResult.class,
            candidate -> candidate.getRequestId().equals(id),
            STEP);
    assertThat(result).as(() -> "refused: " + RecordingAuthorizer.denied()).isPresent();
    assertThat(result.get().getStatus()).as(() -> result.get().toString()).isEqualTo(status);
    return result.get();
  }

  private static void feedback(User reader, String id, FeedbackType type) {
    assertThat(
            reader.await(
                TOPICS.feedback(),
                Optional.of("mailstream-reader-feedback-" + id),
                FeedbackEvent.class,
                event -> id.equals(event.getRequestId()) && event.getType() == type,
                STEP))
        .as(() -> type + " of " + id + "; refused: " + RecordingAuthorizer.denied())
        .isPresent();
  }

  private static Optional<Suppression> suppression(User reader, String address) {
    return reader.await(
        TOPICS.suppressions(),
        Optional.of("mailstream-reader-" + address),
        Suppression.class,
        suppression -> suppression.getAddress().equals(address),
        STEP);
  }

  private static boolean isSuppressed(String address) {
    return Http.get(pipeline.apiUrl() + "/v1/suppressions/" + address.replace("+", "%2B"))
        .contains("\"suppressed\":true");
  }

  private static CommandLine commandLine(String user) throws Exception {
    Map<String, String> properties = new HashMap<>(pipeline.broker().client(user));
    properties.put("schema.registry.url", pipeline.registryUrl());
    properties.put("api.url", pipeline.apiUrl());
    return new CommandLine(Files.createTempDirectory(directory, user), properties);
  }

  private static User user(String name) {
    return new User(pipeline.broker().client(name), pipeline.registryUrl());
  }

  private static long deletions() {
    return RecordingAuthorizer.allowed().stream()
        .filter(action -> action.operation() == AclOperation.DELETE)
        .map(Action::name)
        .filter(name ->
            name.equals(TOPICS.dispatch(Lane.TRANSACTIONAL))
                || name.equals(TOPICS.dispatch(Lane.BULK))
                || name.endsWith("-repartition"))
        .distinct()
        .count();
  }

  private static Set<String> unneeded() {
    Map<String, AclBinding> byName = new TreeMap<>();
    AclNeeds.unneeded(pipeline.broker().acls(), RecordingAuthorizer.allowed()).stream()
        .filter(binding -> !binding.entry().principal().equals(REGISTRY))
        .forEach(binding -> byName.put(name(binding), binding));
    byName.keySet().removeAll(RARE.keySet());
    return byName.keySet();
  }

  private static String name(AclBinding binding) {
    return "%s %s %s"
        .formatted(
            binding.entry().principal().replace("User:", ""),
            binding.entry().operation(),
            binding.pattern().name());
  }
}
