package io.mailstream.streams.topology;

import io.mailstream.schemas.serde.RegistryUnavailableException;
import io.mailstream.streams.route.OpenAccounts;
import io.mailstream.v1.AccountState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the senders say of the accounts, read from {@code mail.accounts} from its beginning. An
 * account takes mail unless an instance says that it does not, and until when. What cannot be read,
 * or comes late, costs mail a detour through the sender and nothing else.
 */
final class AccountTail implements OpenAccounts, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AccountTail.class);

  private final String topic;
  private final Deserializer<SpecificRecord> avro;
  private final TopicTail tail;

  /** By account and instance, until when it takes none. */
  private final Map<String, Map<String, Long>> closed = new ConcurrentHashMap<>();

  /**
   * A tail that reads nothing yet.
   *
   * @param consumers makes its consumer, without a group
   */
  AccountTail(
      String topic,
      Supplier<Consumer<byte[], byte[]>> consumers,
      Deserializer<SpecificRecord> avro) {
    this.topic = topic;
    this.avro = avro;
    this.tail =
        new TopicTail("mailstream-accounts-tail", List.of(topic), consumers, this::read, () -> {});
  }

  void start() {
    tail.start();
  }

  @Override
  public boolean isOpen(String account, long now) {
    Map<String, Long> byInstance = closed.get(account);
    return byInstance == null || byInstance.values().stream().allMatch(until -> until <= now);
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    int slash = key.indexOf('/');
    if (slash < 0) {
      LOG.warn("{}@{} has no account and instance as its key: passed over", topic, record.offset());
      return;
    }
    String account = key.substring(0, slash);
    String instance = key.substring(slash + 1);
    long until = record.value() == null ? 0 : closedUntil(record);
    Map<String, Long> byInstance = closed.computeIfAbsent(account, a -> new ConcurrentHashMap<>());
    Long before = until == 0 ? byInstance.remove(instance) : byInstance.put(instance, until);
    if ((before == null) != (until == 0)) {
      LOG.info(
          "Account {} {} by the word of {}",
          account,
          until == 0 ? "takes mail again" : "takes no mail",
          instance);
    }
  }

  /** Until when it keeps mail from the account; 0: it does not. */
  private long closedUntil(ConsumerRecord<byte[], byte[]> record) {
    try {
      if (avro.deserialize(topic, record.headers(), record.value()) instanceof AccountState state) {
        return switch (state.getStatus()) {
          case SUSPENDED, PARKED -> state.getUntil() == null ? 0 : state.getUntil().toEpochMilli();
          case UNKNOWN, OPEN, SLOWED -> 0;
        };
      }
      LOG.warn("{}@{} is no state of an account: passed over", topic, record.offset());
    } catch (SerializationException e) {
      if (RegistryUnavailableException.isBehind(e)) {
        throw e;
      }
      LOG.warn("{}@{} cannot be read: passed over: {}", topic, record.offset(), e.getMessage());
    }
    return 0;
  }

  @Override
  public void close() {
    tail.close();
  }
}
