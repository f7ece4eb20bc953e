package io.mailstream.benchmarks;

import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.EmbeddedRegistry;
import java.nio.file.Path;
import java.util.Optional;

/** Broker and schema registry. */
final class BrokerPart {

  private BrokerPart() {}

  /**
   * Runs until its parent ends.
   *
   * @param args the directory of its data
   */
  public static void main(String[] args) {
    String patience = "600000";
    try (EmbeddedKafka kafka =
            EmbeddedKafka.start(
                EmbeddedKafka.Options.defaults()
                    .dataDir(Path.of(args[0]))
                    // What is frozen while others run must not lose its partitions.
                    .property("group.consumer.session.timeout.ms", patience)
                    .property("group.consumer.max.session.timeout.ms", patience));
        EmbeddedRegistry registry = EmbeddedRegistry.start("127.0.0.1", 0, Optional.empty())) {
      System.out.println(Part.READY + kafka.bootstrapServers() + " " + registry.url());
      ProcessHandle.current().parent().orElseThrow().onExit().join();
    }
  }
}
