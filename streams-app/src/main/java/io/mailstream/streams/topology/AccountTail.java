package io.mailstream.streams.topology;

import io.mailstream.schemas.serde.RegistryUnavailableException;
import io.mailstream.v1.AccountState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the senders say of the accounts, read from {@code mail.accounts} from its beginning. What
 * cannot be read, or comes late, costs mail a detour through the sender and nothing else.
 */
final class AccountTail implements KnownAccounts, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AccountTail.class);

  private final String topic;
  private final Deserializer<SpecificRecord> avro;
  private final TopicTail tail;

  private final AccountWords words = new AccountWords();

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
    return words.isOpen(account, now);
  }

  @Override
  public double perSecond(String account, long now) {
    return words.perSecond(account, now);
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
    boolean changed =
        state(record)
            .map(state -> words.said(account, instance, state))
            .orElseGet(() -> words.withdrawn(account, instance));
    if (changed) {
      LOG.info(
          "Account {} {} by the word of {}",
          account,
          words.isOpen(account, record.timestamp()) ? "takes mail again" : "takes no mail",
          instance);
    }
  }

  /** What is said; empty: nothing more. */
  private Optional<AccountState> state(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      return Optional.empty();
    }
    try {
      if (avro.deserialize(topic, record.headers(), record.value()) instanceof AccountState state) {
        return Optional.of(state);
      }
      LOG.warn("{}@{} is no state of an account: passed over", topic, record.offset());
    } catch (SerializationException e) {
      if (RegistryUnavailableException.isBehind(e)) {
        throw e;
      }
      LOG.warn("{}@{} cannot be read: passed over: {}", topic, record.offset(), e.getMessage());
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    tail.close();
  }
}
