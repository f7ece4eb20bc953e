package io.mailstream.cli;

import io.mailstream.schemas.Topics;
import io.mailstream.v1.Lane;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes dead letters back to where they came from, byte for byte. Only to topics whose readers
 * know a record that comes again by what is in it: requests by their idempotency key, events and
 * commands by their ids. What was already on its way to an ESP is not replayed.
 */
final class DeadLetterReplay implements AutoCloseable {

  /** How many may be under way before it is waited for them. */
  private static final int BATCH = 500;

  private final Settings settings;
  private final Terminal terminal;
  private final boolean isDryRun;
  private final Set<String> takenBack;
  private final KafkaProducer<byte[], byte[]> producer;
  private final List<Sending> underWay = new ArrayList<>();
  private long replayed;
  private long passedOver;

  private record Sending(DeadLetter letter, String topic, Future<?> acknowledged) {}

  DeadLetterReplay(Settings settings, Terminal terminal, boolean isDryRun) {
    this.settings = settings;
    this.terminal = terminal;
    this.isDryRun = isDryRun;
    this.takenBack = takenBack(settings.topics());
    this.producer = isDryRun ? null : producer(settings);
  }

  /** The topics that others write to, too: there a repeat is known and changes nothing. */
  static Set<String> takenBack(Topics topics) {
    return Set.of(
        topics.requests(Lane.TRANSACTIONAL),
        topics.requests(Lane.BULK),
        topics.cancellations(),
        topics.feedback(),
        topics.suppressionCommands(),
        topics.suppressionImports());
  }

  private static KafkaProducer<byte[], byte[]> producer(Settings settings) {
    Map<String, Object> config = settings.client();
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_MAIL_BYTES);
    try {
      return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    } catch (KafkaException e) {
      throw Cluster.misconfigured(e);
    }
  }

  void add(DeadLetter letter) {
    Optional<String> topic = letter.originTopic().filter(takenBack::contains);
    if (topic.isEmpty()) {
      passedOver++;
      say("passed over", letter, whyNot(letter));
    } else if (isDryRun) {
      replayed++;
      say("would replay", letter, "to " + topic.get());
    } else {
      underWay.add(new Sending(letter, topic.get(), producer.send(letter.original(topic.get()))));
      if (underWay.size() >= BATCH) {
        settle();
      }
    }
  }

  private static String whyNot(DeadLetter letter) {
    String origin = letter.originTopic().orElse("");
    if (origin.startsWith("/")) {
      return "it came by HTTP: the ESP sends it again if it is asked to";
    }
    return origin.isEmpty()
        ? "it does not say where it came from"
        : "what comes to %s twice may be sent twice: produce the request again".formatted(origin);
  }

  /** Waits for what is under way. */
  private void settle() {
    for (Sending sending : underWay) {
      try {
        sending.acknowledged().get();
        replayed++;
        say("replayed", sending.letter(), "to " + sending.topic());
      } catch (ExecutionException e) {
        throw new CliException(
            Exit.UNAVAILABLE,
            "%s could not be written to %s (%s). %d were replayed before it; run it again: those are known"
                .formatted(
                    sending.letter().position(),
                    sending.topic(),
                    Cluster.explain(settings, e.getCause()).getMessage(),
                    replayed),
            e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CliException(Exit.UNAVAILABLE, "interrupted", e);
      }
    }
    underWay.clear();
  }

  private void say(String what, DeadLetter letter, String more) {
    terminal.out().printf("%-12s %s  %s%n", what, letter.position(), more);
  }

  /** Waits for all, says the sums, and gives the exit status. */
  int finish() {
    settle();
    terminal
        .out()
        .printf(
            "%d %s, %d passed over%n", replayed, isDryRun ? "to replay" : "replayed", passedOver);
    return replayed > 0 && passedOver == 0 ? Exit.OK : Exit.NOT_AS_HOPED;
  }

  @Override
  public void close() {
    if (producer != null) {
      producer.close();
    }
  }
}
