package io.mailstream.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nothing is lost and nothing is dispatched twice while the topology is crashed in the middle: its
 * thread dies at a write that a seed picks, nothing is flushed or committed, and another instance
 * takes over. Each request record ends in exactly one dispatch or one result per recipient.
 */
class Promise2NeverTwiceIT {

  private static final int REQUESTS = 400;
  private static final int CRASHES = 3;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void eachRecordEndsOnceThroughCrashes(long seed, @TempDir Path directory) {
    Random random = new Random(seed);
    CrashingSerializer crash = new CrashingSerializer();
    try (LiveMail mail =
        new LiveMail(
            directory,
            2,
            MailDriver.POLICIES,
            Map.of("avro.serializer.class", CrashingSerializer.class.getName()))) {
      List<String> ids = new ArrayList<>();
      crash.after(random.nextInt(20, 200));
      mail.start();
      for (int i = 0; i < REQUESTS; i++) {
        // One in five repeats an earlier request: its record must end as DUPLICATE.
        String id = i > 0 && random.nextInt(5) == 0 ? ids.get(random.nextInt(ids.size())) : "r" + i;
        ids.add(id);
        String topic = mail.topics.requests(random.nextBoolean() ? Lane.BULK : Lane.TRANSACTIONAL);
        mail.send(topic, null, Requests.of(id, id + "@example.com", id + "-b@example.com"));
      }
      mail.flush();
      for (int i = 0; i < CRASHES; i++) {
        LiveMail.await("crash " + i, () -> !mail.running().liveness().isUp());
        mail.stop();
        crash.after(i == CRASHES - 1 ? Integer.MAX_VALUE : random.nextInt(20, 200));
        mail.start();
      }

      Set<String> outputs =
          Set.of(
              mail.topics.dispatch(Lane.BULK),
              mail.topics.dispatch(Lane.TRANSACTIONAL),
              mail.topics.results());
      mail.read(outputs, records -> records.size() >= 2 * REQUESTS);
      Map<String, Integer> ends = new HashMap<>();
      Set<String> dispatched = new HashSet<>();
      for (ConsumerRecord<byte[], byte[]> record : mail.readAll(outputs)) {
        switch (mail.record(record)) {
          case Delivery delivery -> {
            assertThat(dispatched.add(delivery.getDeliveryId()))
                .as("dispatched once, seed %d", seed)
                .isTrue();
            ends.merge(delivery.getOrigin() + delivery.getDeliveryId(), 1, Integer::sum);
          }
          case SendResult result -> {
            assertThat(result.getStatus()).isEqualTo(ResultStatus.DUPLICATE);
            ends.merge(result.getOrigin() + result.getDeliveryId(), 1, Integer::sum);
          }
          default -> throw new AssertionError("unexpected record in " + record.topic());
        }
      }
      assertThat(ends).as("each recipient of each record, seed %d", seed).hasSize(2 * REQUESTS);
      assertThat(ends.values()).as("ends once, seed %d", seed).containsOnly(1);
      assertThat(dispatched).hasSize(2 * (int) ids.stream().distinct().count());
    }
  }
}
