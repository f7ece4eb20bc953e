package io.mailstream.benchmarks.faults;

import io.mailstream.benchmarks.Part;
import io.mailstream.embedded.EmbeddedKafka;
import java.nio.file.Path;

/** A broker that may be killed and started again with the same data and port. */
final class FaultyBrokerPart {

  /**
   * As Kafka has it. A broker that aborts a transaction while it starts, before its partitions have
   * a leader, takes them for deleted and writes no markers: they are stuck from then on.
   */
  private static final String KAFKAS_ABORT_INTERVAL = "10000";

  /**
   * Small, so that few records are left once the log is compacted. A group coordinator that is
   * elected, deposed and elected again while it still loads goes to work half loaded, and forgets
   * what was committed; after a SIGKILL of the only broker it is elected twice within a second or
   * two, so a load has to be shorter.
   */
  private static final String SMALL_SEGMENT = String.valueOf(1024 * 1024);

  private static final String ABORT_INTERVAL =
      "transaction.abort.timed.out.transaction.cleanup.interval.ms";

  private FaultyBrokerPart() {}

  /**
   * Runs until its parent ends.
   *
   * @param args the directory of its data, its port, the session timeout in milliseconds
   */
  public static void main(String[] args) {
    try (EmbeddedKafka kafka =
        EmbeddedKafka.start(
            EmbeddedKafka.Options.defaults()
                .dataDir(Path.of(args[0]))
                .port(Integer.parseInt(args[1]))
                .property("group.consumer.session.timeout.ms", args[2])
                .property("offsets.topic.segment.bytes", SMALL_SEGMENT)
                .property("transaction.state.log.segment.bytes", SMALL_SEGMENT)
                .property("log.cleaner.backoff.ms", "2000")
                .property(ABORT_INTERVAL, KAFKAS_ABORT_INTERVAL))) {
      System.out.println(Part.READY + kafka.bootstrapServers());
      ProcessHandle.current().parent().orElseThrow().onExit().join();
    }
  }
}
