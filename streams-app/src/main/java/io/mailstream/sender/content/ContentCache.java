package io.mailstream.sender.content;

import java.net.URI;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The content that was fetched last, within a bound of bytes, and what is being fetched. That
 * something could not be fetched is remembered for a moment, so that the mails of a mailing do not
 * each try it again. Safe for many threads.
 */
final class ContentCache {

  /** How long a failure is remembered. */
  static final long FAILED_FOR = TimeUnit.SECONDS.toNanos(5);

  /** What an entry takes beside its content, roughly. */
  private static final long OVERHEAD = 1024;

  private final long mostBytes;
  private final LongSupplier nanos;
  private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Key, CompletableFuture<Referenced>> fetching = new HashMap<>();
  private long bytes;

  /** What tells contents apart. */
  record Key(URI uri, String sha256, long size) {}

  /**
   * The result of a fetch.
   *
   * @param isMine whether whoever asked is to fetch it
   */
  record Lookup(CompletableFuture<Referenced> result, boolean isMine) {}

  private record Entry(Referenced value, long weight, long at) {}

  ContentCache(long mostBytes, LongSupplier nanos) {
    this.mostBytes = mostBytes;
    this.nanos = nanos;
  }

  /** What is known of a content. */
  synchronized Optional<Referenced> find(Key key) {
    Entry entry = entries.get(key);
    if (entry == null) {
      return Optional.empty();
    }
    boolean old = nanos.getAsLong() - entry.at > FAILED_FOR;
    if (old && !(entry.value instanceof Referenced.Content)) {
      remove(key);
      return Optional.empty();
    }
    return Optional.of(entry.value);
  }

  /** The fetch of a content: one that is under way, or one that is now to be made. */
  synchronized Lookup lookUp(Key key) {
    CompletableFuture<Referenced> underWay = fetching.get(key);
    if (underWay != null) {
      return new Lookup(underWay, false);
    }
    Optional<Referenced> known = find(key);
    CompletableFuture<Referenced> result = new CompletableFuture<>();
    if (known.isPresent()) {
      result.complete(known.get());
      return new Lookup(result, false);
    }
    fetching.put(key, result);
    return new Lookup(result, true);
  }

  /** A fetch has ended. */
  synchronized void fetched(Key key, Referenced value) {
    fetching.remove(key);
    long weight = OVERHEAD + (value instanceof Referenced.Content ? key.size : 0);
    if (weight > mostBytes) {
      return;
    }
    remove(key);
    entries.put(key, new Entry(value, weight, nanos.getAsLong()));
    bytes += weight;
    for (Iterator<Entry> eldest = entries.values().iterator(); bytes > mostBytes; ) {
      bytes -= eldest.next().weight;
      eldest.remove();
    }
  }

  /** A fetch was broken off. */
  synchronized void forget(Key key) {
    fetching.remove(key);
  }

  private void remove(Key key) {
    Entry entry = entries.remove(key);
    bytes -= entry == null ? 0 : entry.weight;
  }
}
