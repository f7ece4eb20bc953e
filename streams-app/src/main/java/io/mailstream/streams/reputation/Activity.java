package io.mailstream.streams.reputation;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.ObjLongConsumer;

/**
 * What one partition has counted of a stream, by spans of time of which a window has twelve; older
 * spans are forgotten. Is told the time, in milliseconds.
 */
final class Activity {

  private static final int SPANS = 12;

  private final NavigableMap<Long, Tally> spans = new TreeMap<>();

  /** Counts something. */
  void add(Tally more, Duration window, long now) {
    spans.merge(start(window, now), more, Tally::plus);
  }

  /** Forgets what no window reaches. */
  void forget(Duration window, long now) {
    spans.headMap(start(window, now - window.toMillis()), false).clear();
  }

  boolean isEmpty() {
    return spans.isEmpty();
  }

  /** All that began at a time or later. */
  Tally since(long time) {
    return spans.tailMap(time, true).values().stream().reduce(Tally.NONE, Tally::plus);
  }

  void forEach(ObjLongConsumer<Tally> consumer) {
    spans.forEach((start, tally) -> consumer.accept(tally, start));
  }

  private static long start(Duration window, long now) {
    long span = Math.max(1, window.toMillis() / SPANS);
    return now - Math.floorMod(now, span);
  }

  int bytes() {
    return Integer.BYTES + spans.size() * 4 * Long.BYTES;
  }

  void write(ByteBuffer out) {
    out.putInt(spans.size());
    for (Map.Entry<Long, Tally> span : spans.entrySet()) {
      Tally tally = span.getValue();
      out.putLong(span.getKey()).putLong(tally.sent());
      out.putLong(tally.bounced()).putLong(tally.complained());
    }
  }

  static Activity read(ByteBuffer in) {
    Activity activity = new Activity();
    for (int left = in.getInt(); left > 0; left--) {
      activity.spans.put(in.getLong(), new Tally(in.getLong(), in.getLong(), in.getLong()));
    }
    return activity;
  }
}
