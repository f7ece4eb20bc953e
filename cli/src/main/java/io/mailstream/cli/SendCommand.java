package io.mailstream.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mailstream.schemas.Topics;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.RecordMetadata;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "send",
    mixinStandardHelpOptions = true,
    description = "Sends one mail by options, or many by JSON Lines.",
    footerHeading = "%nJSON Lines (--file):%n",
    footer = {
      "One request a line, with the Avro record's field names:",
      "  {\"tenant\": \"acme\", \"stream\": \"receipts\", \"from\": \"Acme <shop@acme.example>\",",
      "   \"to\": [\"a@example.com\"], \"subject\": \"Thanks\", \"text\": \"…\", \"lane\":"
          + " \"bulk\"}",
      "Further: request_id, idempotency_key, actor, reply_to, cc, bcc, html, attachments",
      "[{filename, content_type, content (Base64), content_id}], template {id, version,",
      "variables}, raw (Base64), reference {uri, sha256, size}, headers, tags, send_at,",
      "expires_at, on_uncertain, account. Options hold where a line says nothing else."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:every request is with Kafka; with --wait: every result is as expected",
      "1:a line is bad, or a result is not as expected; the others were sent",
      "2:the command line or the configuration is wrong; nothing was sent",
      "3:Kafka or the registry cannot be reached or refuses",
      "4:--timeout passed before every recipient had its result"
    })
final class SendCommand implements Callable<Integer> {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Terminal terminal;

  @Mixin private ConnectionOptions connection;
  @Mixin private RequestFlags flags;

  @Option(
      names = "--file",
      paramLabel = "FILE|-",
      description = "Requests as JSON Lines; - is standard input.")
  private String file;

  @Option(names = "--wait", description = "Follow the results until every recipient has one.")
  private boolean wait;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "60s",
      converter = Times.DurationConverter.class,
      description = "How long --wait waits after the last request (default: ${DEFAULT-VALUE}).")
  private Duration timeout;

  @Option(
      names = "--expect",
      paramLabel = "STATUS",
      split = ",",
      defaultValue = "SENT",
      description = "Results that --wait counts as success (default: ${DEFAULT-VALUE}).")
  private Set<ResultStatus> expected;

  private final PendingResults pending = new PendingResults();
  private Tally tally;

  SendCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    tally = new Tally(terminal);
    ObjectNode defaults = flags.json();
    Settings settings = connection.settings(terminal, Map.of());
    RequestJson.Parsed.Request single = file == null ? single(defaults) : null;
    Topics topics = settings.topics();
    Set<String> needed = new TreeSet<>();
    if (single == null) {
      EnumSet.allOf(Lane.class).forEach(lane -> needed.add(topics.requests(lane)));
    } else {
      needed.add(topics.requests(single.lane()));
    }
    if (wait) {
      needed.add(topics.results());
    }
    try (Cluster cluster = Cluster.connect(settings)) {
      cluster.requireTopics(needed);
    }
    if (!wait) {
      publish(settings, single, defaults);
      tally.printSent();
      return tally.isFlawless() ? Exit.OK : Exit.NOT_AS_HOPED;
    }
    // From before the first request, so that no result is missed.
    try (TopicReader<SendResult> reader =
        new TopicReader<>(
            settings,
            terminal,
            settings.topics().results(),
            SendResult.class,
            TopicReader.From.END)) {
      publish(settings, single, defaults);
      return follow(reader);
    }
  }

  private RequestJson.Parsed.Request single(ObjectNode json) {
    return switch (RequestJson.parse(json, Instant.now())) {
      case RequestJson.Parsed.Request request -> request;
      case RequestJson.Parsed.Bad(List<String> faults) ->
          throw new CliException(
              Exit.USAGE,
              "nothing was sent:\n  "
                  + String.join("\n  ", faults)
                  + "\n(options are named like these fields; idempotency_key is --key)");
    };
  }

  private void publish(Settings settings, RequestJson.Parsed.Request single, ObjectNode defaults) {
    try (RequestPublisher publisher = new RequestPublisher(settings)) {
      if (single != null) {
        send(publisher, single, "request " + single.request().getRequestId());
      } else {
        sendLines(publisher, defaults);
      }
      publisher.flush();
    }
    tally.throwIfHopeless();
  }

  private void sendLines(RequestPublisher publisher, ObjectNode defaults) {
    try (InputStream in = file.equals("-") ? terminal.in() : Files.newInputStream(Path.of(file));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (tally.isHopeless()) {
          return;
        }
        if (!line.isBlank()) {
          sendLine(publisher, defaults, line, "line " + number);
        }
      }
    } catch (IOException e) {
      throw new CliException(Exit.USAGE, "cannot read %s: %s".formatted(file, e), e);
    }
  }

  private void sendLine(
      RequestPublisher publisher, ObjectNode defaults, String line, String where) {
    JsonNode json;
    try {
      json = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      tally.bad(where, List.of("not JSON: " + e.getOriginalMessage()));
      return;
    }
    if (json instanceof ObjectNode object) {
      defaults
          .properties()
          .forEach(entry -> {
            if (!object.has(entry.getKey())) {
              object.set(entry.getKey(), entry.getValue());
            }
          });
    }
    switch (RequestJson.parse(json, Instant.now())) {
      case RequestJson.Parsed.Request request -> send(publisher, request, where);
      case RequestJson.Parsed.Bad(List<String> faults) -> tally.bad(where, faults);
    }
  }

  private void send(RequestPublisher publisher, RequestJson.Parsed.Request parsed, String where) {
    publisher.send(
        parsed.request(),
        parsed.lane(),
        new RequestPublisher.Outcome() {
          @Override
          public void acknowledged(RecordMetadata record) {
            pending.expect(parsed.request(), record.topic(), record.partition(), record.offset());
            tally.sent(parsed.request());
          }

          @Override
          public void failed(String why, boolean hopeless) {
            tally.failed(where, why, hopeless);
          }
        });
  }

  private int follow(TopicReader<SendResult> reader) {
    Map<ResultStatus, Integer> counts = new EnumMap<>(ResultStatus.class);
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!pending.isEmpty() && System.nanoTime() < deadline) {
      for (SendResult result : reader.poll(Duration.ofMillis(200))) {
        if (pending.settle(result)) {
          counts.merge(result.getStatus(), 1, Integer::sum);
          terminal.out().println(ResultFormat.line(result, terminal));
        }
      }
    }
    List<String> open = pending.open();
    open.forEach(one -> terminal.out().println("no result  " + one));
    String byStatus =
        counts.entrySet().stream()
            .map(count -> count.getValue() + " " + count.getKey())
            .collect(Collectors.joining(", "));
    tally.printResults(byStatus.isEmpty() ? "none" : byStatus, open.size(), timeout);
    if (!open.isEmpty()) {
      return Exit.TIMEOUT;
    }
    return tally.isFlawless() && expected.containsAll(counts.keySet())
        ? Exit.OK
        : Exit.NOT_AS_HOPED;
  }
}
