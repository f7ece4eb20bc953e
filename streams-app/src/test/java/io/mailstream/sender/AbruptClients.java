package io.mailstream.sender;

import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Clients of a sender that, after a crash, do not tell the group that they leave. */
class AbruptClients extends SenderClients {

  private final BooleanSupplier hasCrashed;

  AbruptClients(SenderConfig config, BooleanSupplier hasCrashed) {
    super(config);
    this.hasCrashed = hasCrashed;
  }

  @Override
  Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
    return new KafkaConsumer<>(settings) {
      @Override
      public void close(CloseOptions options) {
        super.close(
            hasCrashed.getAsBoolean()
                ? CloseOptions.timeout(Duration.ZERO)
                    .withGroupMembershipOperation(GroupMembershipOperation.REMAIN_IN_GROUP)
                : options);
      }
    };
  }
}
