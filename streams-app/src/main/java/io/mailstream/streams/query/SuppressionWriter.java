package io.mailstream.streams.query;

import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.Topics;
import io.mailstream.v1.Suppression;
import io.mailstream.v1.SuppressionCommand;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;

/**
 * Changes the suppression list: writes a command and waits, for a while, until what it leads to is
 * committed and so seen by every reader. Its Kafka clients are made when they are first needed.
 */
public final class SuppressionWriter implements AutoCloseable {

  private final Settings settings;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private Producer<byte[], byte[]> producer;
  private CommandAnswers answers;

  /**
   * What it needs.
   *
   * @param clients what every Kafka client is configured with
   * @param avro writes commands and reads what they lead to
   * @param timeout how long a caller waits
   */
  public record Settings(
      Map<String, Object> clients, Topics topics, Serde<SpecificRecord> avro, Duration timeout) {
    /** Copies the settings of the clients. */
    public Settings {
      clients = Map.copyOf(clients);
    }
  }

  /** A writer that has no connection yet. */
  public SuppressionWriter(Settings settings) {
    this.settings = settings;
  }

  /** What became of a command. */
  sealed interface Outcome {
    /** It is done, and every reader of committed records sees it. */
    record Visible(Suppression suppression) implements Outcome {}

    /** Kafka has it; it will be done. */
    record Accepted() implements Outcome {}

    /** Kafka did not say in time whether it has it. */
    record Unknown(String why) implements Outcome {}

    /** Nothing was written. */
    record NotWritten(String why) implements Outcome {}
  }

  /** Writes a command and waits. */
  Outcome write(SuppressionCommand command) {
    long deadline = System.nanoTime() + settings.timeout().toNanos();
    byte[] key = RecipientKey.bytes(command.getAddress());
    CommandAnswers.Waiter waiter;
    try {
      open();
      int partitions = producer.partitionsFor(settings.topics().suppressions()).size();
      waiter =
          answers.expect(
              command.getCommandId(), BuiltInPartitioner.partitionForKey(key, partitions));
    } catch (KafkaException e) {
      return new Outcome.NotWritten("Kafka does not answer: " + e.getMessage());
    }
    try {
      // Half of the time, so that there is some left to see what becomes of it.
      if (!isDone(waiter.listening(), settings.timeout().toNanos() / 2)) {
        return new Outcome.NotWritten(settings.topics().suppressions() + " cannot be read");
      }
      Future<?> sent = threads.submit(() -> send(key, command));
      Outcome failed = acknowledged(sent, deadline);
      if (failed != null) {
        return failed;
      }
      return isDone(waiter.answer(), deadline - System.nanoTime())
          ? new Outcome.Visible(waiter.answer().resultNow())
          : new Outcome.Accepted();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Unknown("this instance is stopping");
    } finally {
      answers.forget(waiter);
    }
  }

  private static boolean isDone(Future<?> future, long nanos) throws InterruptedException {
    try {
      future.get(nanos, TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("nothing completes an answer with a failure", e);
    }
  }

  /** Null: Kafka has it. */
  private Outcome acknowledged(Future<?> sent, long deadline) throws InterruptedException {
    try {
      sent.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      return null;
    } catch (TimeoutException e) {
      return new Outcome.Unknown("Kafka did not acknowledge it in time");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      boolean certain =
          cause instanceof SerializationException
              || cause instanceof AuthorizationException
              || cause instanceof RecordTooLargeException;
      return certain
          ? new Outcome.NotWritten("it cannot be written: " + cause.getMessage())
          : new Outcome.Unknown("Kafka did not acknowledge it: " + cause.getMessage());
    }
  }

  private Void send(byte[] key, SuppressionCommand command)
      throws ExecutionException, InterruptedException {
    String topic = settings.topics().suppressionCommands();
    byte[] value = settings.avro().serializer().serialize(topic, command);
    try {
      producer.send(new ProducerRecord<>(topic, key, value)).get();
      return null;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KafkaException kafka) {
        throw kafka;
      }
      throw e;
    }
  }

  private synchronized void open() {
    if (producer != null) {
      return;
    }
    int third = Math.toIntExact(settings.timeout().toMillis() / 3);
    Map<String, Object> writing = new HashMap<>(settings.clients());
    writing.put(ProducerConfig.CLIENT_ID_CONFIG, "mailstream-api");
    writing.put(ProducerConfig.ACKS_CONFIG, "all");
    writing.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    writing.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    writing.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, third);
    writing.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, third);
    writing.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2 * third);
    Map<String, Object> reading = new HashMap<>(settings.clients());
    reading.put(ConsumerConfig.CLIENT_ID_CONFIG, "mailstream-api");
    reading.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    reading.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    reading.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
    reading.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 50);
    producer = new KafkaProducer<>(writing, new ByteArraySerializer(), new ByteArraySerializer());
    answers =
        new CommandAnswers(
            settings.topics().suppressions(),
            () ->
                new KafkaConsumer<>(
                    reading, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
            settings.avro().deserializer());
  }

  @Override
  public synchronized void close() {
    if (producer != null) {
      answers.close();
      producer.close(Duration.ofSeconds(1));
    }
    threads.shutdownNow();
    settings.avro().close();
  }
}
