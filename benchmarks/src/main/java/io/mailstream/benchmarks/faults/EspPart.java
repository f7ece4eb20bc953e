package io.mailstream.benchmarks.faults;

import io.mailstream.benchmarks.Part;
import io.mailstream.embedded.ses.SesSimulator;
import io.mailstream.embedded.ses.SnsOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;

/** The ESP: the SES simulator with a journal. It is what is measured with, and never killed. */
final class EspPart {

  private static final int PARALLEL = 8;
  private static final int MAX_PENDING = 5_000_000;
  private static final Duration REPEAT = Duration.ofMillis(500);
  private static final int REPEATS = 100_000;

  private EspPart() {}

  /**
   * Runs until its parent ends.
   *
   * @param args the journal's file, the seed of its choices, where the ingester will listen
   */
  public static void main(String[] args) throws Exception {
    try (Journal journal = new Journal(Path.of(args[0]));
        SesSimulator simulator =
            SesSimulator.start(
                SesSimulator.Options.defaults()
                    .keptMails(0)
                    .seed(Long.parseLong(args[1]))
                    .journal(journal))) {
      simulator.subscribe(
          new SnsOptions(
              URI.create(args[2]),
              SnsOptions.DEFAULT_TOPIC_ARN,
              "2",
              Optional.empty(),
              Optional.empty(),
              Collections.nCopies(REPEATS, REPEAT),
              PARALLEL,
              MAX_PENDING));
      System.out.println(Part.READY + simulator.url() + " " + simulator.signingCertificateUrl());
      ProcessHandle.current().parent().orElseThrow().onExit().join();
    }
  }
}
