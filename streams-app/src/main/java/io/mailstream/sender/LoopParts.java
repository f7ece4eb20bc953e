package io.mailstream.sender;

import io.mailstream.schemas.Topics;
import io.mailstream.sender.content.ContentStore;
import io.mailstream.sender.recipient.RecipientGate;
import io.mailstream.v1.Lane;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;

/** What the send loop works with. */
record LoopParts(
    SenderConfig config,
    Topics topics,
    Consumer<byte[], byte[]> consumer,
    Admin admin,
    TransactionLog log,
    RecordCodec codec,
    Map<String, AccountGate> accounts,
    SuppressionTail tail,
    ContentStore contents,
    RecipientGate recipients,
    Checkpoints checkpoints,
    SenderMetrics metrics,
    TracedCalls calls,
    InstantSource clock) {

  /** Both lanes. */
  List<String> dispatchTopics() {
    return List.of(topics.dispatch(Lane.TRANSACTIONAL), topics.dispatch(Lane.BULK));
  }
}
