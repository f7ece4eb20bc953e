package io.mailstream.benchmarks;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs contenders in turns, so that what the machine does meanwhile meets them all alike.
 *
 * @param warmUps rounds that are thrown away
 * @param rounds rounds that count
 * @param messages messages a round
 */
public record Rounds(int warmUps, int rounds, int messages) {

  /** Measures, and says on the way what came out. */
  public Map<String, List<Sample>> run(List<Contender> contenders, PrintWriter out)
      throws Exception {
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    contenders.forEach(contender -> samples.put(contender.name(), new ArrayList<>()));
    for (Contender contender : contenders) {
      contender.rest();
    }
    for (int round = 0; round < warmUps + rounds; round++) {
      for (Contender contender : contenders) {
        Sample sample = contender.run(messages, round);
        contender.rest();
        boolean counts = round >= warmUps;
        out.printf(
            "%s %d  %-40s %,9.0f/s  %8.1f µs, of which JIT compilers %.1f%n",
            counts ? "round  " : "warm-up",
            round,
            contender.name(),
            sample.rate(),
            sample.micros(),
            sample.micros(Sample.COMPILERS));
        out.flush();
        if (counts) {
          samples.get(contender.name()).add(sample);
        }
      }
    }
    return samples;
  }
}
