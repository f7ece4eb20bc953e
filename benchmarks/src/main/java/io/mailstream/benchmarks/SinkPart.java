package io.mailstream.benchmarks;

import io.mailstream.embedded.http.RawExchange;
import io.mailstream.embedded.http.RawHttpServer;
import io.mailstream.schemas.DeliveryTags;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** Takes mail as any of the ESPs would, by the path, as cheaply as it can, and counts it. */
final class SinkPart {

  /** Where it says how many it took. */
  static final String COUNT = "/count";

  /** Where it says what came when since it was last asked: a delivery id and µs a line. */
  static final String ARRIVALS = "/arrivals";

  /** Where it is told how many milliseconds an answer takes from now on: {@code …/50}. */
  static final String LATENCY = "/latency/";

  /** As the second argument: it notes what comes when. */
  static final String NOTING = "noting";

  private static final String TAG = "{\"Name\":\"" + DeliveryTags.DELIVERY_ID + "\",\"Value\":\"";
  private static final int MAX_BODY = 20 * 1024 * 1024;
  private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

  private final LongAdder taken = new LongAdder();
  private final Queue<String> arrivals = new ConcurrentLinkedQueue<>();
  private volatile long delayNanos;
  private final boolean notes;

  private SinkPart(long delayNanos, boolean notes) {
    this.delayNanos = delayNanos;
    this.notes = notes;
  }

  /**
   * Runs until its parent ends.
   *
   * @param args the milliseconds that each answer takes; {@link #NOTING}, or nothing
   */
  public static void main(String[] args) throws Exception {
    boolean notes = args.length > 1 && args[1].equals(NOTING);
    long delay = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(args[0]));
    SinkPart sink = new SinkPart(delay, notes);
    try (RawHttpServer server = RawHttpServer.start("sink", 0, MAX_BODY, sink::handle)) {
      System.out.println(Part.READY + "http://127.0.0.1:" + server.port());
      ProcessHandle.current().parent().orElseThrow().onExit().join();
    }
  }

  private void handle(RawExchange exchange) throws IOException {
    String path = exchange.request().path();
    Optional<byte[]> body = exchange.body();
    if (path.equals(COUNT)) {
      exchange.answer(200, JSON, bytes(String.valueOf(taken.sum())));
      return;
    }
    if (path.equals(ARRIVALS)) {
      exchange.answer(200, Map.of(), bytes(arrived()));
      return;
    }
    if (path.startsWith(LATENCY)) {
      delayNanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(path.substring(LATENCY.length())));
      exchange.answer(200, Map.of(), new byte[0]);
      return;
    }
    if (path.endsWith("/account")) {
      exchange.answer(
          200,
          JSON,
          bytes(
              "{\"ProductionAccessEnabled\":true,\"SendingEnabled\":true,\"EnforcementStatus\":"
                  + "\"HEALTHY\",\"SendQuota\":{\"Max24HourSend\":-1,\"MaxSendRate\":1000000,"
                  + "\"SentLast24Hours\":0}}"));
      return;
    }
    if (notes && body.isPresent()) {
      note(body.get(), micros());
    }
    if (delayNanos > 0) {
      LockSupport.parkNanos(delayNanos);
    }
    taken.increment();
    String id = "id-" + taken.sum();
    if (path.endsWith("/mail/send")) {
      exchange.answer(202, Map.of("X-Message-Id", id), new byte[0]);
    } else {
      exchange.answer(200, JSON, bytes(body(path, id)));
    }
  }

  /** The time of this machine, in microseconds since the epoch. */
  static long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  /** Notes a call to SES by the delivery's tag, which is in its JSON as it is. */
  private void note(byte[] body, long micros) {
    String text = new String(body, StandardCharsets.ISO_8859_1);
    int tag = text.indexOf(TAG);
    if (tag >= 0) {
      int start = tag + TAG.length();
      arrivals.add(text.substring(start, text.indexOf('"', start)) + " " + micros);
    }
  }

  private String arrived() {
    StringBuilder lines = new StringBuilder();
    for (String line = arrivals.poll(); line != null; line = arrivals.poll()) {
      lines.append(line).append('\n');
    }
    return lines.toString();
  }

  private static String body(String path, String id) {
    if (path.endsWith("/messages.mime")) {
      return "{\"id\":\"<" + id + "@sink.example>\",\"message\":\"Queued. Thank you.\"}";
    }
    if (path.equals("/email")) {
      return "{\"To\":\"a@example.com\",\"SubmittedAt\":\"2026-11-21T10:15:31Z\",\"MessageID\":\""
          + id
          + "\",\"ErrorCode\":0,\"Message\":\"OK\"}";
    }
    if (path.endsWith("/send-raw")) {
      return "[{\"email\":\"a@example.com\",\"status\":\"sent\",\"_id\":\"" + id + "\"}]";
    }
    return "{\"MessageId\":\"" + id + "\"}";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
