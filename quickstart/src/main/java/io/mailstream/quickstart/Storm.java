package io.mailstream.quickstart;

import io.mailstream.embedded.ses.SesBehaviour;
import io.mailstream.embedded.ses.SesFault;
import io.mailstream.v1.Lane;
import io.mailstream.v1.SendRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Everything goes wrong that alerts are for: the ESP fails, leaves calls without an answer and
 * refuses mail, addresses bounce and complain, somebody forges callbacks and somebody produces
 * rubbish; at last the quota is used up. Where there is a Prometheus, it is asked which alerts
 * fire.
 */
final class Storm extends Scenario {

  /** Those that the weather brings. */
  private static final Set<String> OF_THE_WEATHER =
      Set.of(
          "MailstreamMailFails",
          "MailstreamEspErrors",
          "MailstreamUncertainSends",
          "MailstreamBounceRateHigh",
          "MailstreamComplaintRateRising",
          "MailstreamComplaintRateHigh",
          "MailstreamDeadLetters",
          "MailstreamWebhookForgeries");

  /** Those that the end of the quota brings. */
  private static final Set<String> OF_THE_QUOTA =
      Set.of("MailstreamAccountParked", "MailstreamQuotaNearEnd", "MailstreamVolumeDropped");

  /** What nothing here is a reason for. */
  private static final Set<String> SILENT =
      Set.of(
          "MailstreamHeldTooLong",
          "MailstreamLagNearsRetention",
          "MailstreamTopologyNotRunning",
          "MailstreamStandbyMissing",
          "MailstreamStreamPaused");

  private static final int PER_SECOND = 20;
  private static final Duration CALM = Duration.ofSeconds(30);
  private static final Duration WITHIN = Duration.ofSeconds(150);
  private static final Duration UNWATCHED = Duration.ofSeconds(30);
  private static final int FORGERIES = 20;
  private static final int RUBBISH = 3;

  private final Set<String> seen = new TreeSet<>();
  private int mails;
  private Optional<LocalPrometheus> prometheus = Optional.empty();

  Storm(LocalSystem system, Console console) {
    super(system, console);
  }

  @Override
  void tell() throws InterruptedException {
    Optional<Path> program = LocalPrometheus.find();
    console.line("");
    if (program.isEmpty()) {
      console.line(
          "No Prometheus is on the path, so nobody looks whether the right alerts fire"
              + " (Debian: apt-get install prometheus).");
    } else {
      prometheus = Optional.of(system.prometheus(program.get()));
      console.line(
          "Prometheus looks at it, with the alerts of the project, on %s; time goes %d times faster for it."
              .formatted(prometheus.get().url(), LocalPrometheus.FACTOR));
    }
    try {
      calm();
      theWeather();
      theQuotaEnds();
      theOthersWereSilent();
    } finally {
      system.ses().behave(SesBehaviour.defaults());
      prometheus.ifPresent(LocalPrometheus::close);
    }
  }

  private void calm() throws InterruptedException {
    console.line("");
    console.line("Calm: %d mails a second, all of them welcome.".formatted(PER_SECOND));
    long end = System.nanoTime() + CALM.toNanos();
    while (System.nanoTime() < end) {
      mail(false);
    }
    if (prometheus.isPresent()) {
      require(
          prometheus.get().targetsUp() == 2,
          "Prometheus reaches %d of 2 services".formatted(prometheus.get().targetsUp()));
      look();
      console.event("%-12s %s".formatted("alerts", seen.isEmpty() ? "none fires" : seen));
      require(seen.isEmpty(), "alerts fire in calm weather: " + seen);
    }
  }

  private void theWeather() throws InterruptedException {
    console.line("");
    console.line(
        "Storm: the ESP answers 503 to 25 % of the calls, refuses 15 % and leaves 8 % unanswered;"
            + " 12 % of the addresses bounce, 3 % complain; callbacks are forged, and rubbish"
            + " comes in.");
    system
        .ses()
        .behave(
            SesBehaviour.defaults()
                .faultRate(SesFault.SERVICE_UNAVAILABLE, 0.25)
                .faultRate(SesFault.MESSAGE_REJECTED, 0.15)
                .faultRate(SesFault.RESET_AFTER_BODY, 0.08));
    forge();
    rubbish();
    awaitAll(OF_THE_WEATHER);
  }

  private void theQuotaEnds() throws InterruptedException {
    console.line("");
    console.line(
        "The ESP is well again, but what it takes in a day is nearly used up, and then is: the"
            + " account is parked, and mail is held. The sender asks for the quota once a minute.");
    long quota = system.ses().inbox().counts().recipients() + 5L * PER_SECOND;
    system.ses().behave(SesBehaviour.defaults().dailyQuota(quota));
    awaitAll(OF_THE_QUOTA);
  }

  private void theOthersWereSilent() {
    if (prometheus.isPresent()) {
      Set<String> wrong = new TreeSet<>(seen);
      wrong.retainAll(SILENT);
      console.line("");
      console.event("%-12s %s".formatted("silent", new TreeSet<>(SILENT)));
      require(wrong.isEmpty(), "alerts fired without a reason: " + wrong);
    }
  }

  /** Sends on until all of these have fired; without Prometheus for a while. */
  private void awaitAll(Set<String> expected) throws InterruptedException {
    console.event("%-12s %s".formatted("to fire", new TreeSet<>(expected)));
    Duration most = prometheus.isPresent() ? WITHIN : UNWATCHED;
    long deadline = System.nanoTime() + most.toNanos();
    while (!seen.containsAll(expected) && System.nanoTime() < deadline) {
      mail(true);
      look();
    }
    if (prometheus.isPresent()) {
      Set<String> missing = new TreeSet<>(expected);
      missing.removeAll(seen);
      require(
          missing.isEmpty(),
          "these did not fire within %d s: %s".formatted(WITHIN.toSeconds(), missing));
    }
  }

  /** Tells of alerts that fire for the first time. */
  private void look() throws InterruptedException {
    if (prometheus.isPresent()) {
      for (String alert : prometheus.get().firing()) {
        if (seen.add(alert)) {
          console.event("%-12s %s".formatted("FIRES", alert));
        }
      }
    }
  }

  /** A second's worth of mail. */
  private void mail(boolean isStormy) throws InterruptedException {
    int from = mails;
    mails += PER_SECOND;
    List<SendRequest> requests =
        IntStream.range(from, mails)
            .mapToObj(i ->
                MailClient.request(
                    run,
                    "%s-storm-%d".formatted(run, i),
                    "password-reset",
                    "%s+%s-%d%s".formatted(isStormy ? fate(i) : "success", run, i, SIMULATOR)))
            .toList();
    client.sendAll(Lane.TRANSACTIONAL, requests);
    TimeUnit.SECONDS.sleep(1);
  }

  private static String fate(int number) {
    int of100 = number * 37 % 100;
    return of100 < 12 ? "bounce" : of100 < 15 ? "complaint" : "success";
  }

  /** Callbacks of a topic that is nobody's, as somebody would send them who knows the address. */
  private void forge() throws InterruptedException {
    String body =
        """
        {"Type": "Notification", "MessageId": "00000000-0000-0000-0000-000000000000",\
         "TopicArn": "arn:aws:sns:us-east-1:666666666666:forged", "Message": "{}",\
         "Timestamp": "2026-01-01T00:00:00.000Z", "SignatureVersion": "2", "Signature": "AAAA",\
         "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem"}\
        """;
    try (HttpClient http = HttpClient.newHttpClient()) {
      int status = 0;
      for (int i = 0; i < FORGERIES; i++) {
        status =
            http.send(
                    HttpRequest.newBuilder(URI.create(system.webhooksUrl() + "/webhooks/ses"))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                    HttpResponse.BodyHandlers.discarding())
                .statusCode();
      }
      console.event("%-12s %d callbacks, answered with %d".formatted("forged", FORGERIES, status));
    } catch (IOException e) {
      throw new QuickstartFailure("the webhook ingester does not answer", e);
    }
  }

  private void rubbish() throws InterruptedException {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", system.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < RUBBISH; i++) {
        producer
            .send(
                new ProducerRecord<>(
                    system.topics().requests(Lane.TRANSACTIONAL), new byte[] {'?', (byte) i}))
            .get();
      }
      console.event("%-12s %d records that are no requests".formatted("rubbish", RUBBISH));
    } catch (ExecutionException e) {
      throw new QuickstartFailure("rubbish could not be produced: " + e.getCause(), e);
    }
  }
}
