package io.mailstream.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mailstream.runtime.logging.Masking;
import io.mailstream.schemas.Topics;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.RecordMetadata;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "monitor",
    mixinStandardHelpOptions = true,
    description = {
      "Sends one real mail through the whole pipeline to a seed address, and waits until the ESP"
          + " reports it DELIVERED.",
      "Made to be run on a schedule: one line a stage with the time since the start, and addresses"
          + " masked, since schedulers keep what it prints."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:the mail came through every stage",
      "1:it did not: the stage, and where to look or the reason, are on standard error",
      "2:the command line or the configuration is wrong; nothing was sent",
      "3:Kafka or the registry cannot be reached or refuses"
    })
final class MonitorCommand implements Callable<Integer> {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private final Terminal terminal;

  @Mixin private ConnectionOptions connection;

  @Option(
      names = "--to",
      paramLabel = "ADDRESS",
      required = true,
      description = "The seed address: a mailbox that is there for this.")
  private String to;

  @Option(names = "--tenant", required = true, description = "The tenant to send as.")
  private String tenant;

  @Option(names = "--stream", required = true, description = "The stream to send in.")
  private String stream;

  @Option(names = "--from", paramLabel = "MAILBOX", required = true, description = "The author.")
  private String from;

  @Option(
      names = "--within",
      paramLabel = "DURATION",
      defaultValue = "PT5M",
      converter = Times.DurationConverter.class,
      description =
          "How long the whole way may take: 90s, 5m or PT5M (default: ${DEFAULT-VALUE}). The mail"
              + " expires with it.")
  private Duration within;

  private Topics topics;
  private Journey journey;
  private long start;

  MonitorCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (within.compareTo(SHORTEST) < 0) {
      throw new CliException(Exit.USAGE, "--within must be at least 1s");
    }
    SendRequest request = request(Instant.now());
    Settings settings = connection.settings(terminal, Map.of());
    topics = settings.topics();
    journey = new Journey(request);
    try (Cluster cluster = Cluster.connect(settings)) {
      cluster.requireTopics(
          List.of(topics.requests(Lane.TRANSACTIONAL), topics.results(), topics.feedback()));
    }
    // From before the request, so that nothing is missed.
    try (TopicReader<SendResult> results = reader(settings, topics.results(), SendResult.class);
        TopicReader<FeedbackEvent> feedback =
            reader(settings, topics.feedback(), FeedbackEvent.class)) {
      start = System.nanoTime();
      show(journey.accepted(publish(settings, request)));
      return follow(results, feedback);
    }
  }

  private <T> TopicReader<T> reader(Settings settings, String topic, Class<T> type) {
    return new TopicReader<>(settings, terminal, topic, type, TopicReader.From.END);
  }

  private SendRequest request(Instant now) {
    String id = UUID.randomUUID().toString();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("request_id", id);
    json.put("idempotency_key", "monitor-" + id);
    json.put("tenant", tenant);
    json.put("stream", stream);
    json.put("from", from);
    json.putArray("to").add(to);
    json.put("subject", "Mailstream monitor " + id);
    json.put(
        "text",
        "'mailstream monitor' sent this mail at %s to check the whole way of a mail. Nobody needs"
                .formatted(now)
            + " to read or answer it.\n");
    // RFC 3834: no robot answers it.
    json.putObject("headers").put("Auto-Submitted", "auto-generated");
    json.putObject("tags").put("mailstream-monitor", "1");
    // What an outage held back must not go out in a flock after it.
    json.put("expires_at", now.plus(within).toString());
    return switch (RequestJson.parse(json, now)) {
      case RequestJson.Parsed.Request parsed -> parsed.request();
      case RequestJson.Parsed.Bad(List<String> faults) ->
          throw new CliException(
              Exit.USAGE, "nothing was sent:\n  " + Masking.text(String.join("\n  ", faults)));
    };
  }

  /** Puts the request on its topic, and says where it lies. */
  private String publish(Settings settings, SendRequest request) {
    CompletableFuture<RecordMetadata> acknowledged = new CompletableFuture<>();
    try (RequestPublisher publisher = new RequestPublisher(settings)) {
      publisher.send(
          request,
          Lane.TRANSACTIONAL,
          new RequestPublisher.Outcome() {
            @Override
            public void acknowledged(RecordMetadata record) {
              acknowledged.complete(record);
            }

            @Override
            public void failed(String why, boolean hopeless) {
              acknowledged.completeExceptionally(
                  new CliException(
                      Exit.UNAVAILABLE,
                      "missing: %s: %s".formatted(Journey.Stage.ACCEPTED.label(), why)));
            }
          });
      publisher.flush();
    }
    if (acknowledged.isCompletedExceptionally()) {
      throw (CliException) acknowledged.exceptionNow();
    }
    return acknowledged.join().toString();
  }

  private int follow(TopicReader<SendResult> results, TopicReader<FeedbackEvent> feedback) {
    while (journey.missing().isPresent() && sinceStart().compareTo(within) < 0) {
      results.poll(POLL).forEach(result -> journey.on(result).ifPresent(this::show));
      feedback.poll(POLL).forEach(event -> journey.on(event).ifPresent(this::show));
    }
    journey.missing().ifPresent(this::fail);
    return Exit.OK;
  }

  private void show(Journey.Step step) {
    switch (step) {
      case Journey.Step.Passed(Journey.Stage stage, String detail) -> line(stage.label(), detail);
      case Journey.Step.Delayed(String why) -> line("delayed", why);
      case Journey.Step.Ended(String why) ->
          throw new CliException(
              Exit.NOT_AS_HOPED,
              "the mail ended after %s: %s  (delivery id %s)"
                  .formatted(seconds(sinceStart()), why, journey.deliveryId()));
    }
  }

  private void line(String what, String detail) {
    terminal.out().printf("%-9s  %8s  %s%n", what, seconds(sinceStart()), detail);
    // A scheduler's log shows how far it is, also of a run that is killed.
    terminal.out().flush();
  }

  private void fail(Journey.Stage missing) {
    throw new CliException(
        Exit.NOT_AS_HOPED,
        "missing after %s: %s. %s"
            .formatted(seconds(within), missing.label(), whereToLook(missing)));
  }

  private String whereToLook(Journey.Stage missing) {
    return switch (missing) {
      case ACCEPTED -> throw new IllegalStateException("nothing is followed before it is accepted");
      case SENT ->
          """
          There is no result on %s for delivery id %s: it is held, or the topology or the sender \
          stands still. Look at /readyz of both, at mailstream_hold_deliveries (what waits, and \
          why), at the lag of both consumer groups, and for the request in %s\
          """
              .formatted(topics.results(), journey.deliveryId(), topics.deadLetters());
      case DELIVERED ->
          """
          The ESP took the mail, and nothing on %s with delivery id %s says that it arrived: look \
          at the ESP's event publishing (SES: the account's configuration set publishes Delivery \
          events, and the SNS subscription is confirmed), at the webhook ingester's /readyz and \
          mailstream_webhook_requests_total (refused callbacks), and into the seed mailbox\
          """
              .formatted(topics.feedback(), journey.deliveryId());
    };
  }

  private Duration sinceStart() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
  }
}
