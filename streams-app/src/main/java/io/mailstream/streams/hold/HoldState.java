package io.mailstream.streams.hold;

import io.mailstream.streams.reputation.StreamId;
import io.mailstream.streams.throttle.GateStates;
import io.mailstream.streams.throttle.Scope;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** The small states of this step, each kind under a byte of its own. */
final class HoldState implements GateStates {

  private static final byte GATE = 1;
  private static final byte TOTALS = 2;
  private static final byte SCHEMA = 3;
  private static final byte AFTER_SCHEMAS = 4;
  private static final byte STREAM = 5;
  private static final byte AFTER_STREAMS = 6;

  private final KeyValueStore<Bytes, byte[]> store;

  HoldState(KeyValueStore<Bytes, byte[]> store) {
    this.store = store;
  }

  @Override
  public Optional<byte[]> get(Scope scope) {
    return Optional.ofNullable(store.get(key(GATE, scope.encode())));
  }

  @Override
  public void put(Scope scope, byte[] state) {
    store.put(key(GATE, scope.encode()), state);
  }

  @Override
  public void remove(Scope scope) {
    store.delete(key(GATE, scope.encode()));
  }

  @Override
  public List<Scope> scopes(Optional<Scope> after, int most) {
    byte[] rest = after.map(Scope::encode).orElse(new byte[0]);
    // The next possible key: one zero byte more.
    Bytes from = key(GATE, after.isEmpty() ? rest : Arrays.copyOf(rest, rest.length + 1));
    List<Scope> scopes = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> all = store.range(from, key(TOTALS, new byte[0]))) {
      while (scopes.size() < most && all.hasNext()) {
        byte[] found = all.next().key.get();
        if (found[0] == GATE) {
          scopes.add(Scope.decode(Arrays.copyOfRange(found, 1, found.length)));
        }
      }
    }
    return scopes;
  }

  /** What the guard knows of the streams. */
  Map<StreamId, byte[]> streams() {
    Map<StreamId, byte[]> streams = new HashMap<>();
    try (KeyValueIterator<Bytes, byte[]> all =
        store.range(key(STREAM, new byte[0]), key(AFTER_STREAMS, new byte[0]))) {
      while (all.hasNext()) {
        KeyValue<Bytes, byte[]> entry = all.next();
        byte[] found = entry.key.get();
        if (Scope.decode(Arrays.copyOfRange(found, 1, found.length))
            instanceof Scope.Stream(String tenant, String stream)) {
          streams.put(new StreamId(tenant, stream), entry.value);
        }
      }
    }
    return streams;
  }

  /** Keeps what the guard knows of a stream; null: nothing. */
  void stream(StreamId id, byte[] state) {
    store.put(key(STREAM, new Scope.Stream(id.tenant(), id.stream()).encode()), state);
  }

  Optional<byte[]> totals() {
    return Optional.ofNullable(store.get(key(TOTALS, new byte[0])));
  }

  void totals(byte[] totals) {
    store.put(key(TOTALS, new byte[0]), totals);
  }

  /**
   * Remembers the schema that deliveries are held with from now on, and teaches the codec those of
   * earlier releases: held mail outlives an upgrade.
   */
  void exchangeSchemas(HeldCodec codec, Schema current) {
    byte[] fingerprint =
        ByteBuffer.allocate(Long.BYTES)
            .putLong(SchemaNormalization.parsingFingerprint64(current))
            .array();
    Bytes own = key(SCHEMA, fingerprint);
    if (store.get(own) == null) {
      store.put(own, current.toString().getBytes(StandardCharsets.UTF_8));
    }
    schemas(store).forEach(codec::addWriterSchema);
  }

  /** The schemas that deliveries are held with. */
  static List<Schema> schemas(ReadOnlyKeyValueStore<Bytes, byte[]> store) {
    List<Schema> schemas = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> all =
        store.range(key(SCHEMA, new byte[0]), key(AFTER_SCHEMAS, new byte[0]))) {
      while (all.hasNext()) {
        KeyValue<Bytes, byte[]> entry = all.next();
        String json = new String(entry.value, StandardCharsets.UTF_8);
        schemas.add(new Schema.Parser().parse(json));
      }
    }
    return schemas;
  }

  /** The key of the totals. */
  static Bytes totalsKey() {
    return key(TOTALS, new byte[0]);
  }

  /** The lowest key of a kind of scope. */
  static Bytes gateKey(byte scopeKind) {
    return key(GATE, new byte[] {scopeKind});
  }

  private static Bytes key(byte kind, byte[] rest) {
    return Bytes.wrap(ByteBuffer.allocate(1 + rest.length).put(kind).put(rest).array());
  }
}
