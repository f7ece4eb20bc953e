package io.mailstream.benchmarks;

import io.mailstream.schemas.serde.MailstreamAvroSerde;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * The least that a topology does which sends nothing twice: it reads a request, looks whether it
 * knows it, writes it down, and writes it out. No step of ours is in it.
 */
final class Remembering {

  private static final String SEEN = "seen";

  private Remembering() {}

  static Topology topology(String in, String out, String registry) {
    MailstreamAvroSerde<SpecificRecord> avro = new MailstreamAvroSerde<>();
    avro.configure(Map.of("schema.registry.url", registry), false);
    var bytes = Serdes.ByteArray();
    return new Topology()
        .addSource("in", bytes.deserializer(), avro.deserializer(), in)
        .addProcessor("remember", Remember::new, "in")
        .addStateStore(
            Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(SEEN), bytes, Serdes.Long()),
            "remember")
        .addSink("out", out, bytes.serializer(), avro.serializer(), "remember");
  }

  private static final class Remember
      extends ContextualProcessor<byte[], SpecificRecord, byte[], SpecificRecord> {

    @Override
    public void process(Record<byte[], SpecificRecord> record) {
      KeyValueStore<byte[], Long> seen = context().getStateStore(SEEN);
      // The same key may come in another round: it is looked for, and goes on in any case.
      Long before = seen.get(record.key());
      seen.put(record.key(), before == null ? 1 : before + 1);
      context().forward(record);
    }
  }
}
