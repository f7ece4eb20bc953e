package io.mailstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.v1.StreamAction;
import io.mailstream.v1.StreamCommand;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "streams",
    mixinStandardHelpOptions = true,
    description = "Shows the tenants' streams, holds the mail of one, and lets it go on.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:shown; or Kafka has the command, which is followed within seconds",
      "1:list --paused: none is",
      "2:the command line or the configuration is wrong; nothing was done",
      "3:Kafka, the registry or the query API cannot be reached or refuses"
    })
final class StreamsCommand implements Runnable {

  private final Terminal terminal;

  @Spec private CommandSpec spec;

  StreamsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say which: list, pause or resume");
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = {
        "One line for each stream: whether its mail goes, what was sent in the window of its rule,",
        "and how much of that bounced and was complained about."
      })
  int list(
      @Mixin ApiOptions api,
      @Option(names = "--paused", description = "Only those that are paused.") boolean pausedOnly,
      @Option(names = "--json", description = "One JSON object a line.") boolean json) {
    int shown = 0;
    try (ApiClient client = api.client(terminal)) {
      for (JsonNode stream : client.json("/v1/streams").path("streams")) {
        if (pausedOnly && !stream.has("paused")) {
          continue;
        }
        shown++;
        terminal.out().println(json ? stream.toString() : line(stream));
      }
    }
    return pausedOnly && shown == 0 ? Exit.NOT_AS_HOPED : Exit.OK;
  }

  @Command(
      name = "pause",
      mixinStandardHelpOptions = true,
      description = "Holds all mail of a stream that no sender has yet; nothing is lost.")
  int pause(
      @Mixin ConnectionOptions connection,
      @Parameters(index = "0", paramLabel = "TENANT", description = "The tenant.") String tenant,
      @Parameters(index = "1", paramLabel = "STREAM", description = "Its stream.") String stream,
      @Option(
              names = "--for",
              paramLabel = "DURATION",
              converter = Times.DurationConverter.class,
              description = "How long, such as 30m (default: until it is resumed).")
          Duration length,
      @Option(names = "--note", paramLabel = "TEXT", description = "Why, for people.")
          String note) {
    Instant now = now();
    Instant until = length == null ? null : now.plus(length).truncatedTo(ChronoUnit.MILLIS);
    publish(connection, command(tenant, stream, StreamAction.PAUSE, until, note, now));
    terminal
        .err()
        .printf(
            "stream %s of %s is held %s%n",
            ResultFormat.printable(stream),
            ResultFormat.printable(tenant),
            until == null
                ? "until: mailstream streams resume "
                    + ResultFormat.printable(tenant)
                    + " "
                    + ResultFormat.printable(stream)
                : "until " + until);
    return Exit.OK;
  }

  @Command(
      name = "resume",
      mixinStandardHelpOptions = true,
      description = {
        "Lets the mail of a stream go on, whoever paused it. What was counted against it before is",
        "forgiven."
      })
  int resume(
      @Mixin ConnectionOptions connection,
      @Parameters(index = "0", paramLabel = "TENANT", description = "The tenant.") String tenant,
      @Parameters(index = "1", paramLabel = "STREAM", description = "Its stream.") String stream) {
    publish(connection, command(tenant, stream, StreamAction.RESUME, null, null, now()));
    terminal
        .err()
        .printf(
            "stream %s of %s goes on%n",
            ResultFormat.printable(stream), ResultFormat.printable(tenant));
    return Exit.OK;
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }

  private static StreamCommand command(
      String tenant, String stream, StreamAction action, Instant until, String note, Instant now) {
    return new StreamCommand(
        tenant, stream, action, until, note, System.getProperty("user.name"), now);
  }

  private void publish(ConnectionOptions connection, StreamCommand command) {
    Settings settings = connection.settings(terminal, Map.of());
    String topic = settings.topics().streamCommands();
    try (Cluster cluster = Cluster.connect(settings)) {
      cluster.requireTopics(List.of(topic));
    }
    StringBuilder failure = new StringBuilder();
    try (RequestPublisher publisher = new RequestPublisher(settings)) {
      publisher.send(
          new ProducerRecord<>(topic, command.getTenant() + "/" + command.getStream(), command),
          new RequestPublisher.Outcome() {
            @Override
            public void acknowledged(RecordMetadata metadata) {}

            @Override
            public void failed(String why, boolean hopeless) {
              failure.append(why);
            }
          });
      publisher.flush();
    }
    if (!failure.isEmpty()) {
      throw new CliException(Exit.UNAVAILABLE, "nothing was changed: " + failure);
    }
  }

  private static String line(JsonNode stream) {
    return "%s/%s  %s  %d sent in %s, %.2f %% bounced, %.2f %% complained about%s"
        .formatted(
            ResultFormat.printable(stream.path("tenant").asText()),
            ResultFormat.printable(stream.path("stream").asText()),
            stream.has("paused") ? "PAUSED" : "goes",
            stream.path("sent").asLong(),
            Duration.ofSeconds(stream.path("window").asLong()),
            stream.path("bounce_rate").asDouble() * 100,
            stream.path("complaint_rate").asDouble() * 100,
            paused(stream.path("paused")).map(why -> "  " + why).orElse(""));
  }

  private static Optional<String> paused(JsonNode pause) {
    if (pause.isMissingNode()) {
      return Optional.empty();
    }
    return Optional.of(
        "%s since %s%s: %s"
            .formatted(
                pause.has("issued_by")
                    ? "by " + ResultFormat.printable(pause.path("issued_by").asText())
                    : "by the guard",
                pause.path("since").asText(),
                pause.has("until") ? " until " + pause.path("until").asText() : "",
                ResultFormat.printable(pause.path("detail").asText())));
  }
}
