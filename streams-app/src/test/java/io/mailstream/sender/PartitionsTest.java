package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.schemas.RecipientHash;
import io.mailstream.schemas.Topics;
import io.mailstream.v1.Lane;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PartitionsTest {

  private static final Topics TOPICS = Topics.withDefaultPrefix();
  private static final TopicPartition ID = new TopicPartition(TOPICS.dispatch(Lane.BULK), 0);

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
  private final Partitions partitions =
      new Partitions(
          consumer,
          TOPICS,
          SenderConfigs.with(Map.of()),
          new SuppressionTail(
              TOPICS.suppressions(),
              () -> consumer,
              null,
              RecipientHash.NONE,
              Duration.ofSeconds(2)),
          leaving -> {},
          () -> {});

  @Test
  void aPartitionThatComesBackGoesOnWhereItWasThoughTheBrokersForgot() {
    consumer.assign(List.of(ID));
    committed(20, 26);
    takeOver();
    partitions.onPartitionsLost(List.of(ID));

    committed(10, 14);
    takeOver();

    StartedOffsets state = partitions.all().iterator().next().progress().lastCommitted();
    assertThat(state.prefix()).isEqualTo(20);
    assertThat(state.startedUpTo()).isEqualTo(26);
    assertThat(consumer.position(ID)).isEqualTo(20);
  }

  private void takeOver() {
    partitions.onPartitionsAssigned(List.of(ID));
    partitions.adopt();
  }

  private void committed(long prefix, long startedUpTo) {
    StartedOffsets state = new StartedOffsets(prefix, startedUpTo, new BitSet(), 1);
    consumer.commitSync(
        Map.of(ID, new OffsetAndMetadata(prefix, Optional.empty(), state.metadata())));
  }
}
