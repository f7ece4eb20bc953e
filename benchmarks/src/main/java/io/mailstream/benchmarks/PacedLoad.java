package io.mailstream.benchmarks;

import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.Topics;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests at an even rate, and how long each takes from Kafka's acknowledgement to the call that
 * the sink sees: by the same machine's clock.
 */
final class PacedLoad {

  private final Lab lab;
  private final Sink sink;
  private final Topics topics;
  private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
  private final Map<String, Long> arrived = new HashMap<>();

  /** A load of one run, before a sink that notes what comes when. */
  PacedLoad(Lab lab, Sink sink, Topics topics) {
    this.lab = lab;
    this.sink = sink;
    this.topics = topics;
  }

  /** Writes requests, a second so many, and returns when all have come to the sink. */
  void run(Mails mails, int count, double rate)
      throws IOException, InterruptedException, TimeoutException {
    sink.arrivals();
    AtomicReference<Exception> failure = new AtomicReference<>();
    String topic = topics.requests(mails.lane());
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      sleepUntil(start + (long) (i * 1e9 / rate));
      String id = mails.deliveryId(i);
      lab.write(
          topic,
          RecipientKey.of(mails.address(i)),
          mails.request(i),
          (metadata, e) -> {
            acknowledged.put(id, SinkPart.micros());
            if (e != null) {
              failure.set(e);
            }
          });
    }
    lab.flush(failure);
    Lab.await(
        "all have come to the sink",
        () -> {
          arrived.putAll(sink.arrivals());
          return arrived.keySet().containsAll(acknowledged.keySet());
        });
  }

  private static void sleepUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** How long they took, in milliseconds. */
  Map<String, Double> figures() {
    long[] micros =
        acknowledged.entrySet().stream()
            .mapToLong(entry -> arrived.get(entry.getKey()) - entry.getValue())
            .sorted()
            .toArray();
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("p50 ms", percentile(micros, 0.5));
    figures.put("p99 ms", percentile(micros, 0.99));
    figures.put("longest ms", percentile(micros, 1));
    return figures;
  }

  /** The smallest value that so large a share is not above. */
  static double percentile(long[] sortedMicros, double share) {
    int index = (int) Math.ceil(share * sortedMicros.length) - 1;
    return sortedMicros[Math.max(0, index)] / 1e3;
  }
}
