package io.mailstream.benchmarks.faults;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.benchmarks.Part;
import io.mailstream.embedded.ses.SesBehaviour;
import io.mailstream.embedded.ses.SesSimulator;
import io.mailstream.embedded.ses.SnsOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;

/**
 * The ESP: the SES simulator with a journal. It may be killed: what it took is in the journal, and
 * the next one posts the events that this one owes.
 */
final class EspPart {

  private static final int PARALLEL = 8;
  private static final int MAX_PENDING = 5_000_000;
  private static final Duration REPEAT = Duration.ofMillis(500);
  private static final int REPEATS = 100_000;

  private EspPart() {}

  /**
   * Runs until it is killed or its parent ends.
   *
   * @param args the directory of its files, its port, the seed of its choices, where the ingester
   *     will listen, the file that says how it behaves
   */
  public static void main(String[] args) throws Exception {
    signNatively();
    ObjectMapper json = new ObjectMapper();
    Path directory = Path.of(args[0]);
    Path file = directory.resolve(Esp.JOURNAL);
    try (Journal journal = new Journal(file);
        Callbacks callbacks = new Callbacks(file)) {
      long begun = journal.position();
      SesBehaviour behaviour =
          SesBehaviour.defaults()
              .with(json.readTree(Fault.Storm.OVER))
              .with(json.readTree(Files.readString(Path.of(args[4]))));
      try (SesSimulator simulator =
          SesSimulator.start(
              SesSimulator.Options.defaults()
                  .port(Integer.parseInt(args[1]))
                  .dataDir(directory.resolve("esp"))
                  .behaviour(behaviour)
                  .keptMails(0)
                  .seed(Long.parseLong(args[2]) ^ begun)
                  .journal(journal))) {
        simulator.resume(
            new SnsOptions(
                URI.create(args[3]),
                SnsOptions.DEFAULT_TOPIC_ARN,
                "2",
                Optional.empty(),
                Optional.empty(),
                Collections.nCopies(REPEATS, REPEAT),
                PARALLEL,
                MAX_PENDING),
            callbacks::taken);
        callbacks.publishOwed(simulator, journal.position());
        System.out.println(Part.READY + simulator.url() + " " + simulator.signingCertificateUrl());
        ProcessHandle.current().parent().orElseThrow().onExit().join();
      }
    }
  }

  /** An event is signed by RSA, which took a third of all CPU time without a library for it. */
  private static void signNatively() {
    try {
      AmazonCorrettoCryptoProvider.install();
    } catch (LinkageError e) {
      // Another platform: the JDK signs.
    }
  }
}
