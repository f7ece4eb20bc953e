package io.mailstream.sender.content;

import io.mailstream.policy.References;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ReferenceContent;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The content that deliveries refer to: fetched where it lies, checked, and kept for a while, since
 * all mails of a mailing have the same. Who comes while it is being fetched waits for that.
 *
 * <p>Two bounds keep large content from slowing small mail: on the calls that wait for content at
 * once, which leaves the other slots to others, and on the bytes of the calls under way. Beyond
 * them the answer is {@link Referenced.Busy} at once. Safe for many threads.
 */
public final class ContentStore implements AutoCloseable {

  private final References references;
  private final ContentFetcher fetcher;
  private final ContentCache cache;
  private final MeterRegistry meters;
  private final int mostWaiting;
  private final long mostBytes;
  private int waiting;
  private long bytes;

  /**
   * A store with nothing in it.
   *
   * @param mostWaiting how many calls may wait for content at once
   * @param fetcher closed with it
   * @param nanos the time, in nanoseconds of any clock
   */
  ContentStore(
      References references,
      ContentConfig config,
      int mostWaiting,
      ContentFetcher fetcher,
      MeterRegistry meters,
      LongSupplier nanos) {
    this.references = references;
    this.fetcher = fetcher;
    this.cache = new ContentCache(config.cacheBytes(), nanos);
    this.meters = meters;
    this.mostWaiting = mostWaiting;
    this.mostBytes = config.memoryBytes();
    Gauge.builder("mailstream.sender.content.bytes", this, ContentStore::bytes)
        .description("Referenced content of the calls under way, in bytes")
        .baseUnit("bytes")
        .register(meters);
  }

  /**
   * The store of a sender.
   *
   * @param mostWaiting how many calls may wait for content at once
   * @throws IllegalArgumentException where the policies allow S3 and its settings are incomplete
   */
  public static ContentStore create(
      References references, ContentConfig config, int mostWaiting, MeterRegistry meters) {
    return new ContentStore(
        references,
        config,
        mostWaiting,
        HttpContentFetcher.create(config, references.useS3()),
        meters,
        System::nanoTime);
  }

  /**
   * Does something with the content of a reference; blocks while it is fetched. What the content
   * takes up is free again when that returns.
   */
  public <T> T with(ReferenceContent reference, Function<Referenced, T> use) {
    Optional<URI> uri = references.find(reference.getUri());
    if (uri.isEmpty() || reference.getSize() > references.maxBytes()) {
      return use.apply(
          new Referenced.Refused(
              ReasonCode.INVALID_CONTENT,
              "the content lies where this sender's policies do not allow, or is larger: give all"
                  + " instances the same file"));
    }
    long size = reference.getSize();
    if (!reserve(size)) {
      return use.apply(new Referenced.Busy());
    }
    try {
      return use.apply(get(uri.get(), reference));
    } finally {
      release(size);
    }
  }

  private Referenced get(URI uri, ReferenceContent reference) {
    ContentCache.Key key = new ContentCache.Key(uri, reference.getSha256(), reference.getSize());
    Optional<Referenced> known = cache.find(key);
    if (known.isPresent()) {
      meters.counter("mailstream.sender.content.hits").increment();
      return known.get();
    }
    if (!beginToWait()) {
      return new Referenced.Busy();
    }
    try {
      ContentCache.Lookup lookup = cache.lookUp(key);
      if (lookup.isMine()) {
        fetch(key, lookup.result());
      }
      return lookup.result().join();
    } catch (CompletionException e) {
      return new Referenced.Unavailable("the content could not be fetched: " + e.getCause());
    } finally {
      endWait();
    }
  }

  private void fetch(ContentCache.Key key, CompletableFuture<Referenced> result) {
    long begun = System.nanoTime();
    try {
      Referenced fetched = fetch(key);
      cache.fetched(key, fetched);
      result.complete(fetched);
      Timer.builder("mailstream.sender.content.fetches")
          .description("Fetches of referenced content")
          .tag("outcome", fetched.getClass().getSimpleName().toLowerCase(Locale.ROOT))
          .register(meters)
          .record(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
    } finally {
      // An error must not leave others waiting for ever.
      if (!result.isDone()) {
        cache.forget(key);
        result.completeExceptionally(new IllegalStateException("the fetch was broken off"));
      }
    }
  }

  private Referenced fetch(ContentCache.Key key) {
    return switch (fetcher.fetch(key.uri(), key.size())) {
      case ContentFetcher.Result.Bytes(byte[] found) -> checked(key, found);
      case ContentFetcher.Result.Refused(String detail) ->
          new Referenced.Refused(ReasonCode.CONTENT_UNAVAILABLE, detail);
      case ContentFetcher.Result.Failed(String detail) -> new Referenced.Unavailable(detail);
    };
  }

  private static Referenced checked(ContentCache.Key key, byte[] found) {
    if (found.length != key.size()) {
      return new Referenced.Refused(
          ReasonCode.INVALID_CONTENT,
          "the content does not have the %d bytes of the request".formatted(key.size()));
    }
    if (!ContentJson.sha256(found).equals(key.sha256())) {
      return new Referenced.Refused(
          ReasonCode.INVALID_CONTENT, "the content does not have the SHA-256 of the request");
    }
    try {
      InlineContent content = ContentJson.read(found);
      return new Referenced.Content(content);
    } catch (ContentJson.Malformed e) {
      return new Referenced.Refused(ReasonCode.INVALID_CONTENT, e.getMessage());
    }
  }

  /** A single content larger than the bound has it all for itself. */
  private synchronized boolean reserve(long size) {
    if (bytes > 0 && bytes + size > mostBytes) {
      return false;
    }
    bytes += size;
    return true;
  }

  private synchronized void release(long size) {
    bytes -= size;
  }

  private synchronized boolean beginToWait() {
    if (waiting >= mostWaiting) {
      return false;
    }
    waiting++;
    return true;
  }

  private synchronized void endWait() {
    waiting--;
  }

  /** How many calls wait for content. */
  synchronized int waiting() {
    return waiting;
  }

  private synchronized long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    fetcher.close();
  }
}
