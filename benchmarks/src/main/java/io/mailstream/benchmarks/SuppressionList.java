package io.mailstream.benchmarks;

import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.Topics;
import io.mailstream.v1.CommandAction;
import io.mailstream.v1.SuppressionCommand;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** A suppression list of a given size. */
final class SuppressionList {

  private SuppressionList() {}

  /** One of its addresses. */
  static String address(int number) {
    return "gone" + number + "@example.org";
  }

  /** An address that is not on it, among those that are: its key lies beside one of theirs. */
  static String neighbour(int number) {
    return "gone" + number + "not@example.org";
  }

  /** Fills the list, and returns when it is all there. */
  static void fill(Lab lab, Topics topics, int entries) throws TimeoutException {
    AtomicReference<Exception> failure = new AtomicReference<>();
    Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
    for (int i = 0; i < entries; i++) {
      lab.write(
          topics.suppressionImports(),
          RecipientKey.of(address(i)),
          SuppressionCommand.newBuilder()
              .setCommandId("import-" + i)
              .setAction(CommandAction.ADD)
              .setAddress(address(i))
              .setIssuedAt(now)
              .build(),
          failure);
    }
    lab.flush(failure);
    try (Admin admin = lab.admin()) {
      Lab.await(
          "the suppression list is filled", () -> ends(admin, topics.suppressions()) >= entries);
    }
  }

  private static long ends(Admin admin, String topic)
      throws InterruptedException, ExecutionException {
    return admin
        .listOffsets(
            IntStream.range(0, Lab.PARTITIONS)
                .boxed()
                .collect(
                    Collectors.toMap(
                        partition -> new TopicPartition(topic, partition),
                        partition -> OffsetSpec.latest())))
        .all()
        .get()
        .values()
        .stream()
        .mapToLong(offset -> offset.offset())
        .sum();
  }
}
