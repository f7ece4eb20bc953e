package io.mailstream.benchmarks.faults;

import io.mailstream.benchmarks.Part;
import io.mailstream.embedded.EmbeddedKafka;
import java.nio.file.Path;

/** A broker that may be killed and started again with the same data and port. */
final class FaultyBrokerPart {

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
                .property("group.consumer.session.timeout.ms", args[2]))) {
      System.out.println(Part.READY + kafka.bootstrapServers());
      ProcessHandle.current().parent().orElseThrow().onExit().join();
    }
  }
}
