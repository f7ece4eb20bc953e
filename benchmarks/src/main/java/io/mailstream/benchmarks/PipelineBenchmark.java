package io.mailstream.benchmarks;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * From the request's record to the result, broker included, beside bare loops over the AWS SDK that
 * have no queue and no memory: the default asynchronous client, and the cheapest one.
 */
final class PipelineBenchmark {

  private final Rounds rounds;
  private final int atOnce;
  private final long latencyMillis;
  private final PrintWriter out;

  PipelineBenchmark(Rounds rounds, int atOnce, long latencyMillis, PrintWriter out) {
    this.rounds = rounds;
    this.atOnce = atOnce;
    this.latencyMillis = latencyMillis;
    this.out = out;
  }

  Map<String, List<Sample>> run(Path directory) throws Exception {
    List<AutoCloseable> open = new ArrayList<>();
    try (Sink sink = Sink.start(directory, latencyMillis, false);
        Lab lab = Lab.start(directory);
        Pipeline least = Pipeline.least(lab, sink, atOnce);
        Pipeline pipeline = Pipeline.start(lab, sink, atOnce)) {
      try {
        return rounds.run(
            List.of(
                SdkLoop.netty(sink.endpoint(), sink.part(), atOnce, open),
                SdkLoop.crt(sink.endpoint(), sink.part(), atOnce, open),
                least.contender(),
                pipeline.contender()),
            out);
      } finally {
        for (AutoCloseable each : open) {
          each.close();
        }
      }
    }
  }
}
