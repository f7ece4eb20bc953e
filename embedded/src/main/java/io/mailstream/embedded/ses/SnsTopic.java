package io.mailstream.embedded.ses;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A topic with one HTTP subscriber: the handshake of the subscription, signed notifications, and
 * their repeats. As SNS does it: a connection failure, a 5xx and 429 are repeated by the schedule,
 * any other 4xx is final, and before the subscription is confirmed nothing is posted.
 */
public final class SnsTopic implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SnsTopic.class);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);
  private static final String VALIDATED =
      "Successfully validated SNS topic for Amazon SES event publishing.";

  private final SnsOptions options;
  private final SnsIdentity identity;
  private final String ownUrl;
  private final Consumer<String> posted;
  private final HttpClient http;
  private final DelayQueue<Post> queue = new DelayQueue<>();
  private final List<Thread> workers = new ArrayList<>();
  private final String token = token();
  private final CountDownLatch confirmed = new CountDownLatch(1);
  private final AtomicLong delivered = new AtomicLong();
  private final AtomicLong failedAttempts = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong open = new AtomicLong();

  /**
   * What became of the messages.
   *
   * @param delivered answered with 2xx
   * @param failedAttempts posts that were, or would have been, repeated
   * @param refused given up after a 4xx
   * @param dropped given up for other reasons: not confirmed, too many waiting, repeats used up
   * @param open waiting or on their way
   */
  public record Counts(
      long delivered, long failedAttempts, long refused, long dropped, long open) {}

  private record Post(SnsEnvelope envelope, String body, int attempt, long dueNanos)
      implements Delayed {
    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(dueNanos - ((Post) other).dueNanos, 0);
    }
  }

  /**
   * A topic that posts nothing yet.
   *
   * @param posted is told of each message that the subscriber took
   */
  SnsTopic(SnsOptions options, SnsIdentity identity, String ownUrl, Consumer<String> posted) {
    this.options = options;
    this.identity = identity;
    this.ownUrl = ownUrl;
    this.posted = posted;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
    for (int i = 0; i < options.parallel(); i++) {
      workers.add(Thread.ofVirtual().name("sns-post-" + i).start(this::post));
    }
  }

  /** Posts the message that asks the subscriber to confirm. */
  void subscribe() {
    String subscribeUrl =
        options.subscribeBase().orElse(ownUrl)
            + "/?Action=ConfirmSubscription&TopicArn="
            + URLEncoder.encode(options.topicArn(), StandardCharsets.UTF_8)
            + "&Token="
            + token;
    enqueue(
        SnsEnvelope.confirmation(options.topicArn(), token, subscribeUrl, Instant.now()),
        Duration.ZERO);
  }

  /** Goes on with a subscription that was confirmed before. */
  void resume() {
    confirmed.countDown();
  }

  /** Takes a confirmation; false where the token is not the one that was sent. */
  boolean confirm(String topicArn, String givenToken) {
    if (!topicArn.equals(options.topicArn()) || !givenToken.equals(token)) {
      return false;
    }
    if (!isConfirmed()) {
      confirmed.countDown();
      publish(VALIDATED, Duration.ZERO);
    }
    return true;
  }

  String subscriptionArn() {
    return options.topicArn() + ":00000000-0000-4000-8000-000000000000";
  }

  /** Whether the subscriber confirmed. */
  public boolean isConfirmed() {
    return confirmed.getCount() == 0;
  }

  /** Waits until the subscriber confirmed; false where it did not in time. */
  public boolean awaitConfirmed(Duration atMost) throws InterruptedException {
    return confirmed.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The counters now. */
  public Counts counts() {
    return new Counts(
        delivered.get(), failedAttempts.get(), refused.get(), dropped.get(), open.get());
  }

  /** Publishes an event of SES. */
  void publish(JsonNode event, Duration delay) {
    publish(event.toString(), delay);
  }

  /** Publishes a text, as an event or not. */
  public void publish(String message, Duration delay) {
    if (!isConfirmed()) {
      dropped.incrementAndGet();
      return;
    }
    String unsubscribeUrl =
        options.subscribeBase().orElse(ownUrl)
            + "/?Action=Unsubscribe&SubscriptionArn="
            + URLEncoder.encode(subscriptionArn(), StandardCharsets.UTF_8);
    enqueue(
        SnsEnvelope.notification(options.topicArn(), message, unsubscribeUrl, Instant.now()),
        delay);
  }

  private void enqueue(SnsEnvelope envelope, Duration delay) {
    if (open.get() >= options.maxPending()) {
      dropped.incrementAndGet();
      return;
    }
    open.incrementAndGet();
    queue.add(new Post(envelope, null, 0, System.nanoTime() + delay.toNanos()));
  }

  private void post() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        post(queue.take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void post(Post post) throws InterruptedException {
    String body =
        post.body() == null
            ? post.envelope()
                .signed(
                    identity,
                    options.signatureVersion(),
                    options.certificateBase().orElse(ownUrl) + identity.certificatePath())
            : post.body();
    try {
      int status =
          http.send(request(post.envelope(), body), HttpResponse.BodyHandlers.discarding())
              .statusCode();
      if (status / 100 == 2) {
        posted.accept(post.envelope().message());
        delivered.incrementAndGet();
        open.decrementAndGet();
      } else if (status / 100 == 4 && status != 429) {
        log.warn("{} refused a message with {}: not repeated", options.endpoint(), status);
        refused.incrementAndGet();
        open.decrementAndGet();
      } else {
        repeat(post, body, "status " + status);
      }
    } catch (IOException e) {
      repeat(post, body, e.getClass().getSimpleName());
    }
  }

  private void repeat(Post post, String body, String why) {
    failedAttempts.incrementAndGet();
    if (post.attempt() >= options.retries().size()) {
      log.warn("gave up a message to {} after {}", options.endpoint(), why);
      dropped.incrementAndGet();
      open.decrementAndGet();
      return;
    }
    Duration wait = options.retries().get(post.attempt());
    queue.add(
        new Post(post.envelope(), body, post.attempt() + 1, System.nanoTime() + wait.toNanos()));
  }

  private HttpRequest request(SnsEnvelope envelope, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(options.endpoint())
            .timeout(ANSWER_TIMEOUT)
            .header("Content-Type", "text/plain; charset=UTF-8")
            .header("User-Agent", "Amazon Simple Notification Service Agent")
            .header("x-amz-sns-message-type", envelope.type())
            .header("x-amz-sns-message-id", envelope.messageId())
            .header("x-amz-sns-topic-arn", options.topicArn());
    if (envelope.type().equals("Notification")) {
      request.header("x-amz-sns-subscription-arn", subscriptionArn());
    }
    return request.POST(HttpRequest.BodyPublishers.ofString(body)).build();
  }

  /** Stops posting; what waits is lost. */
  @Override
  public void close() {
    workers.forEach(Thread::interrupt);
    http.shutdownNow();
  }

  private static String token() {
    byte[] bytes = new byte[64];
    ThreadLocalRandom.current().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
