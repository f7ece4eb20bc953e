package io.mailstream.streams.hold;

import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** A store that counts what is done to it: operations, and entries that scans read. */
final class CountingStore implements KeyValueStore<Bytes, byte[]> {

  private final KeyValueStore<Bytes, byte[]> store;
  long puts;
  long gets;
  long deletes;
  long scans;
  long scanned;

  CountingStore(KeyValueStore<Bytes, byte[]> store) {
    this.store = store;
  }

  long operations() {
    return puts + gets + deletes + scans + scanned;
  }

  @Override
  public void put(Bytes key, byte[] value) {
    puts++;
    store.put(key, value);
  }

  @Override
  public byte[] putIfAbsent(Bytes key, byte[] value) {
    puts++;
    return store.putIfAbsent(key, value);
  }

  @Override
  public void putAll(List<KeyValue<Bytes, byte[]>> entries) {
    puts += entries.size();
    store.putAll(entries);
  }

  @Override
  public byte[] delete(Bytes key) {
    deletes++;
    return store.delete(key);
  }

  @Override
  public byte[] get(Bytes key) {
    gets++;
    return store.get(key);
  }

  @Override
  public KeyValueIterator<Bytes, byte[]> range(Bytes from, Bytes to) {
    scans++;
    return counted(store.range(from, to));
  }

  @Override
  public KeyValueIterator<Bytes, byte[]> all() {
    scans++;
    return counted(store.all());
  }

  @Override
  public long approximateNumEntries() {
    return store.approximateNumEntries();
  }

  @Override
  public String name() {
    return store.name();
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    store.init(context, root);
  }

  @Override
  public void close() {
    store.close();
  }

  @Override
  public boolean persistent() {
    return store.persistent();
  }

  @Override
  public boolean isOpen() {
    return store.isOpen();
  }

  private KeyValueIterator<Bytes, byte[]> counted(KeyValueIterator<Bytes, byte[]> entries) {
    return new KeyValueIterator<>() {
      @Override
      public boolean hasNext() {
        return entries.hasNext();
      }

      @Override
      public KeyValue<Bytes, byte[]> next() {
        scanned++;
        return entries.next();
      }

      @Override
      public Bytes peekNextKey() {
        return entries.peekNextKey();
      }

      @Override
      public void close() {
        entries.close();
      }
    };
  }
}
