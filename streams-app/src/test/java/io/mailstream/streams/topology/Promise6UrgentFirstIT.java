package io.mailstream.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.SendRequest;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * However long the bulk backlog, after a transactional record is appended at most {@code 2 ×
 * max.poll.records + buffered.records.per.partition} bulk records of each partition are dispatched
 * before it. Counted in records, not in time: the broker says when each transactional record was
 * appended, the deliveries say when each was dispatched, and what lies between is counted.
 *
 * <p>The newsletters resemble each other and are produced compressed, so that a single fetch brings
 * thousands of them. With several partitions, what one fetch brought of the first is worked off
 * before anything of the second is seen: a task that waited for its own would keep urgent mail
 * back.
 */
class Promise6UrgentFirstIT {

  private static final int BACKLOG = 50_000;
  private static final int URGENT = 10;
  private static final int MAX_POLL_RECORDS = 200;
  private static final int BUFFERED = 200;
  private static final String TEXT = "All that is new this week. ".repeat(40);
  private static final long BOUND = 2L * MAX_POLL_RECORDS + BUFFERED;

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void aTransactionalRecordOvertakesTheBacklog(int partitions, @TempDir Path directory)
      throws Exception {
    try (LiveMail mail =
        new LiveMail(
            directory,
            partitions,
            MailDriver.POLICIES,
            Map.of(
                "streams.consumer.max.poll.records", String.valueOf(MAX_POLL_RECORDS),
                "streams.buffered.records.per.partition", String.valueOf(BUFFERED)))) {
      String transactional = mail.topics.requests(Lane.TRANSACTIONAL);
      stampByTheBroker(mail, transactional);
      String bulk = mail.topics.requests(Lane.BULK);
      for (int i = 0; i < BACKLOG; i++) {
        SendRequest newsletter = newsletter(i);
        mail.send(bulk, key(partitions, newsletter), newsletter);
      }
      mail.flush();
      mail.start();

      for (int i = 0; i < URGENT; i++) {
        long taken = (long) BACKLOG * (i + 1) / (URGENT + 2);
        LiveMail.await(
            taken + " bulk requests are taken", () -> committed(mail, bulk, partitions) >= taken);
        SendRequest urgent = Requests.of("t" + i, "urgent" + i + "@example.com");
        mail.send(transactional, key(partitions, urgent), urgent);
        mail.flush();
      }

      Map<String, Long> appended = new HashMap<>();
      for (ConsumerRecord<byte[], byte[]> record : mail.read(transactional, URGENT)) {
        appended.put(((SendRequest) mail.record(record)).getRequestId(), record.timestamp());
      }
      List<Delivery> urgent = deliveries(mail, Lane.TRANSACTIONAL, URGENT);
      List<Delivery> others = deliveries(mail, Lane.BULK, BACKLOG);
      assertThat(urgent).hasSize(URGENT);
      assertThat(others).hasSize(BACKLOG);
      for (Delivery delivery : urgent) {
        long from = appended.get(delivery.getRequestId());
        long to = delivery.getDispatchedAt().toEpochMilli();
        long between = others.stream().filter(other -> isBetween(from, other, to)).count();
        long after = others.stream().filter(other -> isBetween(to, other, Long.MAX_VALUE)).count();
        assertThat(between)
            .as("bulk dispatched between append and dispatch of %s", delivery.getRequestId())
            .isLessThanOrEqualTo(partitions * BOUND);
        assertThat(after).as("the backlog that it overtook").isGreaterThan(partitions * BOUND);
      }
    }
  }

  /** Alone, a partition needs no key. */
  private static byte[] key(int partitions, SendRequest request) {
    return partitions == 1 ? null : RecipientKey.bytes(request.getTo().getFirst().getAddress());
  }

  private static long committed(LiveMail mail, String topic, int partitions) {
    return IntStream.range(0, partitions)
        .mapToLong(partition -> mail.committed(new TopicPartition(topic, partition)))
        .sum();
  }

  private static SendRequest newsletter(int i) {
    return Requests.builder("b" + i, "user" + i + "@example.com")
        .setContent(new InlineContent(TEXT, null, List.of()))
        .build();
  }

  private static boolean isBetween(long from, Delivery delivery, long to) {
    long at = delivery.getDispatchedAt().toEpochMilli();
    return at > from && at < to;
  }

  private static List<Delivery> deliveries(LiveMail mail, Lane lane, int count) {
    return mail.read(mail.topics.dispatch(lane), count).stream()
        .map(record -> (Delivery) mail.record(record))
        .toList();
  }

  private static void stampByTheBroker(LiveMail mail, String topic) throws Exception {
    mail.admin
        .incrementalAlterConfigs(
            Map.of(
                new ConfigResource(ConfigResource.Type.TOPIC, topic),
                List.of(
                    new AlterConfigOp(
                        new ConfigEntry(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime"),
                        AlterConfigOp.OpType.SET))))
        .all()
        .get();
  }
}
