package io.mailstream.benchmarks;

import io.mailstream.embedded.http.RawExchange;
import io.mailstream.embedded.http.RawHttpServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** Takes mail as any of the ESPs would, by the path, as cheaply as it can, and counts it. */
final class SinkPart {

  /** Where it says how many it took. */
  static final String COUNT = "/count";

  private static final int MAX_BODY = 20 * 1024 * 1024;
  private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

  private final LongAdder taken = new LongAdder();
  private final long delayNanos;

  private SinkPart(long delayNanos) {
    this.delayNanos = delayNanos;
  }

  /**
   * Runs until its parent ends.
   *
   * @param args the milliseconds that each answer takes
   */
  public static void main(String[] args) throws Exception {
    SinkPart sink = new SinkPart(Long.parseLong(args[0]) * 1_000_000);
    try (RawHttpServer server = RawHttpServer.start("sink", 0, MAX_BODY, sink::handle)) {
      System.out.println(Part.READY + "http://127.0.0.1:" + server.port());
      ProcessHandle.current().parent().orElseThrow().onExit().join();
    }
  }

  private void handle(RawExchange exchange) throws IOException {
    String path = exchange.request().path();
    exchange.body();
    if (path.equals(COUNT)) {
      exchange.answer(200, JSON, bytes(String.valueOf(taken.sum())));
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
