package io.mailstream.schemas.serde;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A cache of what is costly to load, for any number of threads. Threads that miss the same key
 * share one load and its failure; a failure is not kept. A full cache starts afresh: its keys are
 * few in ordinary use, and the bound only guards against a flood of made-up ones.
 */
final class BoundedCache<K, V> {

  private final int maxEntries;
  private final ConcurrentHashMap<K, V> values = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<K, CompletableFuture<V>> loading = new ConcurrentHashMap<>();

  BoundedCache(int maxEntries) {
    this.maxEntries = maxEntries;
  }

  V get(K key, Supplier<V> loader) {
    V value = values.get(key);
    return value == null ? load(key, loader) : value;
  }

  int size() {
    return values.size();
  }

  private V load(K key, Supplier<V> loader) {
    CompletableFuture<V> mine = new CompletableFuture<>();
    CompletableFuture<V> others = loading.putIfAbsent(key, mine);
    if (others != null) {
      return await(others);
    }
    try {
      V value = loader.get();
      if (values.size() >= maxEntries) {
        values.clear();
      }
      values.put(key, value);
      mine.complete(value);
      return value;
    } catch (RuntimeException | Error e) {
      mine.completeExceptionally(e);
      throw e;
    } finally {
      loading.remove(key, mine);
    }
  }

  private static <V> V await(CompletableFuture<V> loading) {
    try {
      return loading.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }
}
