package io.mailstream.cli;

import io.mailstream.schemas.DeliveryId;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.Topics;
import io.mailstream.v1.Cancellation;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "cancel",
    mixinStandardHelpOptions = true,
    description = {
      "Takes mail back that no ESP has yet: what is scheduled, held or still to be read.",
      "What is with the sender at this moment goes out, and is not tried again."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:the mail to every address is CANCELLED; without --wait: the cancellations are with Kafka",
      "1:the mail to an address has another result",
      "2:the command line or the configuration is wrong; nothing was cancelled",
      "3:Kafka or the registry cannot be reached or refuses",
      "4:--timeout passed before every address had a result"
    })
final class CancelCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private ConnectionOptions connection;

  @Option(names = "--tenant", required = true, description = "The request's tenant.")
  private String tenant;

  @Option(
      names = "--key",
      required = true,
      description = "The request's idempotency key, or its request id where it has none.")
  private String key;

  @Parameters(
      arity = "1..*",
      paramLabel = "ADDRESS",
      description = "The recipients whose mail is taken back.")
  private List<String> addresses;

  @Option(names = "--wait", description = "Say what became of the mail.")
  private boolean wait;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "30s",
      converter = Times.DurationConverter.class,
      description = "How long --wait waits (default: ${DEFAULT-VALUE}).")
  private Duration timeout;

  CancelCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Map<String, String> recipients = recipients();
    Settings settings = connection.settings(terminal, Map.of());
    Topics topics = settings.topics();
    try (Cluster cluster = Cluster.connect(settings)) {
      cluster.requireTopics(
          wait
              ? List.of(topics.cancellations(), topics.results())
              : List.of(topics.cancellations()));
    }
    if (!wait) {
      publish(settings, recipients);
      terminal
          .err()
          .printf(
              "%d cancelled as far as no ESP has it; mailstream results --tenant %s tells%n",
              recipients.size(), ResultFormat.printable(tenant));
      return Exit.OK;
    }
    // From before the cancellations, so that no result is missed.
    try (TopicReader<SendResult> reader =
        new TopicReader<>(
            settings, terminal, topics.results(), SendResult.class, TopicReader.From.END)) {
      publish(settings, recipients);
      return follow(reader, recipients);
    }
  }

  /** The addresses by the keys of their records. */
  private Map<String, String> recipients() {
    Map<String, String> recipients = new LinkedHashMap<>();
    List<String> bad = new ArrayList<>();
    for (String address : addresses) {
      RecipientKey.find(address)
          .ifPresentOrElse(found -> recipients.put(found, address), () -> bad.add(address));
    }
    if (!bad.isEmpty()) {
      throw new CliException(
          Exit.USAGE,
          "nothing was cancelled: '%s' is no address: give local-part@domain"
              .formatted(String.join("', '", bad)));
    }
    return recipients;
  }

  private void publish(Settings settings, Map<String, String> recipients) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    String topic = settings.topics().cancellations();
    List<String> failures = new ArrayList<>();
    try (RequestPublisher publisher = new RequestPublisher(settings)) {
      recipients.forEach((recipientKey, address) ->
          publisher.send(
              new ProducerRecord<>(
                  topic,
                  recipientKey,
                  new Cancellation(tenant, key, address, System.getProperty("user.name"), now)),
              new RequestPublisher.Outcome() {
                @Override
                public void acknowledged(RecordMetadata metadata) {}

                @Override
                public void failed(String why, boolean hopeless) {
                  synchronized (failures) {
                    failures.add(address + ": " + why);
                  }
                }
              }));
      publisher.flush();
    }
    if (!failures.isEmpty()) {
      throw new CliException(Exit.UNAVAILABLE, "not cancelled: " + String.join("; ", failures));
    }
  }

  private int follow(TopicReader<SendResult> reader, Map<String, String> recipients) {
    Map<String, String> open = new HashMap<>();
    recipients.forEach(
        (recipientKey, address) -> open.put(DeliveryId.of(tenant, key, recipientKey), address));
    boolean asHoped = true;
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!open.isEmpty() && System.nanoTime() < deadline) {
      for (SendResult result : reader.poll(Duration.ofMillis(200))) {
        boolean first = result.getStatus() != ResultStatus.DUPLICATE;
        if (first
            && result.getDeliveryId() != null
            && open.remove(result.getDeliveryId()) != null) {
          asHoped &= result.getStatus() == ResultStatus.CANCELLED;
          terminal.out().println(ResultFormat.line(result, terminal));
        }
      }
    }
    open.values().stream()
        .sorted()
        .forEach(address ->
            terminal
                .out()
                .println(
                    "no result  %s  it has one from before, or its request was not read yet:"
                            .formatted(address)
                        + " see mailstream results --recipient "
                        + address));
    return !open.isEmpty() ? Exit.TIMEOUT : asHoped ? Exit.OK : Exit.NOT_AS_HOPED;
  }
}
