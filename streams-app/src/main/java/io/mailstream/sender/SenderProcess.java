package io.mailstream.sender;

import io.mailstream.schemas.TopicSetup;
import io.mailstream.schemas.Topics;
import io.mailstream.sender.content.ContentStore;
import io.mailstream.sender.recipient.RecipientGate;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.RecordOrigin;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a sender on its thread: waits until brokers, topics, offsets and registry are there,
 * runs the loop, and ends it: in order where it is told to stop, abruptly where going on would be
 * wrong.
 */
final class SenderProcess {

  private static final Logger LOG = LoggerFactory.getLogger(SenderProcess.class);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration FIRST_QUOTA = Duration.ofSeconds(5);
  private static final Duration CLOSE = Duration.ofSeconds(1);

  /** After a request to stop, how long brokers that do not answer are still waited for. */
  private static final long PATIENCE_AT_STOP = TimeUnit.SECONDS.toNanos(2);

  private final SenderConfig config;
  private final Topics topics;
  private final RecordCodec codec;
  private final Map<String, AccountGate> accounts;
  private final AccountMonitor monitor;
  private final ContentStore contents;
  private final RecipientGate recipients;
  private final SenderMetrics metrics;
  private final SenderRole.Surroundings surroundings;
  private final SenderClients clients;
  private final SuppressionTail tail;
  private final Thread thread;
  private final CountDownLatch stopAsked = new CountDownLatch(1);

  private volatile long stopAskedAt;
  private volatile SendLoop loop;
  private volatile String waitingFor = "it has not started";
  private volatile Throwable failure;

  SenderProcess(
      SenderConfig config,
      Topics topics,
      RecordCodec codec,
      Map<String, AccountGate> accounts,
      AccountMonitor monitor,
      ContentStore contents,
      RecipientGate recipients,
      SenderMetrics metrics,
      SenderClients clients,
      SenderRole.Surroundings surroundings) {
    this.config = config;
    this.topics = topics;
    this.codec = codec;
    this.accounts = accounts;
    this.monitor = monitor;
    this.contents = contents;
    this.recipients = recipients;
    this.metrics = metrics;
    this.surroundings = surroundings;
    this.clients = clients;
    tail =
        new SuppressionTail(
            topics.suppressions(), clients::tail, codec, config.hash(), config.gateMaxAge());
    thread = Thread.ofPlatform().name("mailstream-sender").unstarted(this::run);
    gauges();
  }

  private void gauges() {
    metrics.gauge(
        "mailstream.sender.open",
        "Sends that are started and not recorded as finished",
        this,
        p -> p.loop == null ? 0 : p.loop.openSends());
    metrics.gauge(
        "mailstream.sender.calls",
        "Calls of ESPs in flight",
        this,
        p -> p.loop == null ? 0 : p.loop.callsInFlight());
    metrics.gauge(
        "mailstream.sender.prefix.age.seconds",
        "For how long the oldest open send has held back its partition's offset",
        this,
        p -> p.loop == null ? 0 : p.loop.prefixAgeSeconds());
    metrics.gauge(
        "mailstream.sender.suppressions",
        "Addresses in the last gate's view",
        tail,
        SuppressionTail::size);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try (Admin admin = clients.admin()) {
      int partitions = await("the topics", () -> TopicSetup.verify(admin, topics));
      await(
          "the group's offsets",
          () -> {
            new OffsetInitialiser(config, clients, topics).ensure(admin, partitions);
            return partitions;
          });
      await(
          "the schema registry",
          () -> {
            codec.warmUp(sample(), surroundings.clock().millis());
            return partitions;
          });
      monitor.awaitFirst(FIRST_QUOTA);
      runLoop(admin, partitions);
    } catch (InterruptedException | InterruptException e) {
      LOG.debug("The sender is interrupted", e);
    } catch (Throwable e) {
      failure = e;
      LOG.error("The sender has stopped: {}", e.getMessage(), e);
    } finally {
      tail.close();
    }
  }

  private void runLoop(Admin admin, int partitions) {
    waitingFor = "";
    Consumer<byte[], byte[]> consumer = clients.consumer();
    TransactionLog log = null;
    SendLoop running = null;
    boolean inOrder = false;
    try (KafkaClientMetrics meters = new KafkaClientMetrics(consumer)) {
      meters.bindTo(metrics.registry());
      log =
          new TransactionLog(
              clients::producer, consumer, surroundings.checkpoints(), this::isGivingUp);
      running =
          new SendLoop(
              new LoopParts(
                  config,
                  topics,
                  consumer,
                  admin,
                  log,
                  codec,
                  accounts,
                  tail,
                  contents,
                  recipients,
                  surroundings.checkpoints(),
                  metrics,
                  new TracedCalls(surroundings.tracing()),
                  surroundings.clock()),
              2 * partitions);
      tail.start();
      loop = running;
      if (stopAsked.getCount() == 0) {
        running.stop();
      }
      running.run();
      inOrder = true;
    } finally {
      end(consumer, log, running, inOrder);
    }
  }

  private static void end(
      Consumer<byte[], byte[]> consumer, TransactionLog log, SendLoop running, boolean inOrder) {
    try {
      if (running != null && !inOrder) {
        running.abandon();
      }
      if (log != null && inOrder) {
        log.close();
      } else if (log != null) {
        log.abandon();
      }
    } finally {
      consumer.close(CloseOptions.timeout(CLOSE));
    }
  }

  private boolean isGivingUp() {
    return stopAsked.getCount() == 0 && System.nanoTime() - stopAskedAt > PATIENCE_AT_STOP;
  }

  /** Does something that needs the surroundings, again and again until it works. */
  private <T> T await(String what, java.util.function.Supplier<T> step)
      throws InterruptedException {
    while (true) {
      try {
        T result = step.get();
        waitingFor = what + " answered";
        return result;
      } catch (SenderFailure | InterruptException e) {
        throw e;
      } catch (KafkaException | IllegalStateException e) {
        String why = "%s: %s".formatted(what, e.getMessage());
        if (!why.equals(waitingFor)) {
          LOG.warn("Waiting for {}", why);
        }
        waitingFor = why;
      }
      if (stopAsked.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new InterruptedException("to stop");
      }
    }
  }

  /** A delivery with nothing in it. */
  private static Delivery sample() {
    Mailbox nobody = Mailbox.newBuilder().setAddress("").build();
    return Delivery.newBuilder()
        .setDeliveryId("")
        .setRequestId("")
        .setTenant("")
        .setIdempotencyKey("")
        .setStream("")
        .setLane(Lane.BULK)
        .setRecipient(Recipient.newBuilder().setAddress("").build())
        .setOrigin(RecordOrigin.newBuilder().setTopic("").setPartition(0).setOffset(0).build())
        .setAcceptedAt(Instant.EPOCH)
        .setFrom(nobody)
        .setContent(InlineContent.newBuilder().build())
        .build();
  }

  /** Why it is past help; empty: it is not. */
  String failure() {
    Throwable why = failure;
    return why == null ? "" : String.valueOf(why.getMessage());
  }

  /** What keeps it from working, for people; empty: nothing. */
  String trouble() {
    String failed = failure();
    if (!failed.isEmpty()) {
      return failed;
    }
    SendLoop running = loop;
    return running == null ? "waiting for " + waitingFor : running.trouble();
  }

  /** What keeps the last gate closed, for people; empty: nothing. */
  String gateTrouble() {
    return tail.trouble();
  }

  /** What keeps records from being read or written, for people; empty: nothing. */
  String registryTrouble() {
    SendLoop running = loop;
    return running == null ? "" : running.registryTrouble();
  }

  /** Ends it, within a bound; nothing where it never began. */
  void stop(Duration bound) {
    stopAskedAt = System.nanoTime();
    stopAsked.countDown();
    SendLoop running = loop;
    if (running != null) {
      running.stop();
    }
    if (!thread.isAlive()) {
      return;
    }
    try {
      thread.join(bound);
      if (thread.isAlive()) {
        LOG.warn("The sender does not stop within {}: what is in flight becomes uncertain", bound);
        thread.interrupt();
        thread.join(CLOSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
