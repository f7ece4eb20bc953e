package io.mailstream.sender;

import io.mailstream.embedded.ses.SesBehaviour;
import io.mailstream.embedded.ses.SesFault;
import io.mailstream.embedded.ses.SesSimulator;
import io.mailstream.v1.Lane;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Two tenants with an account each, of which one's ESP can be made to storm: it throttles 30 % of
 * the calls, fails 20 %, never answers 10 % and resets 5 % after it took the mail.
 *
 * <p>{@link #main} measures what the other tenant notices of it, from request to result.
 */
final class Storm implements AutoCloseable {

  static final String STORMY = "stormy";
  static final String CALM = "calm";
  static final String STREAM = "news";

  /** What the stormy account may send a second, and at once. */
  static final int RATE = 300;

  static final int BURST = 30;

  private static final SesBehaviour STORM =
      SesBehaviour.defaults()
          .faultRate(SesFault.TOO_MANY_REQUESTS, 0.3)
          .faultRate(SesFault.INTERNAL_ERROR, 0.2)
          .faultRate(SesFault.NO_ANSWER, 0.1)
          .faultRate(SesFault.RESET_AFTER_BODY, 0.05);

  private static final String POLICIES =
      """
      accounts:
        stormy:
          provider: ses
          limit: {rate: %d/s, burst: %d}
          settings: {region: us-east-1, endpoint: "%s", call_timeout: 2s}
        calm: {provider: ses, settings: {region: us-east-1, endpoint: "%s"}}
      tenants:
        stormy:
          {from_domains: [shop.example], account: stormy, streams: {news: {evidence_window: 1s}}}
        calm: {from_domains: [shop.example], account: calm, streams: {news: {}}}
      retry: {initial: 200ms, multiplier: 2, max: 2s, jitter: 1, max_attempts: 100, max_age: 1h}
      """;

  private final PipelineRig pipeline;
  private final SesSimulator stormy;
  private final SesSimulator calm;
  private int sent;

  /** The pipeline, ready, and all quiet. */
  Storm(Path directory) throws IOException {
    pipeline = new PipelineRig(directory);
    stormy = pipeline.opened(SesSimulator.start(SesSimulator.Options.defaults().seed(7)));
    calm = pipeline.opened(SesSimulator.start(SesSimulator.Options.defaults()));
    pipeline
        .connect()
        .start(
            POLICIES.formatted(RATE, BURST, stormy.url(), calm.url()),
            List.of(STORMY, CALM),
            Map.of());
    pipeline.awaitReady();
  }

  /** From now on it storms. */
  void begin() {
    stormy.behave(STORM);
  }

  /** All is well again, once what the storm has left is sent. */
  private void end() {
    stormy.behave(SesBehaviour.defaults());
    SenderRig.await(
        "the stormy tenant's results",
        () ->
            pipeline.results().stream().filter(r -> r.getTenant().equals(STORMY)).count() == sent);
  }

  PipelineRig pipeline() {
    return pipeline;
  }

  SesSimulator stormy() {
    return stormy;
  }

  SesSimulator calm() {
    return calm;
  }

  @Override
  public void close() {
    pipeline.close();
  }

  /**
   * Prints the calm tenant's latency, from accepted to completed, with the other tenant's mail
   * going well and with its ESP storming, in turns.
   *
   * @param args mails a second of each tenant (20), seconds of a turn (15), and turns of each (5)
   */
  public static void main(String[] args) throws Exception {
    int rate = args.length > 0 ? Integer.parseInt(args[0]) : 20;
    int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 15;
    int turns = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    Path directory = Files.createTempDirectory("storm");
    try (Storm storm = new Storm(directory)) {
      PrintStream out = System.out;
      storm.load(rate, 5);
      List<Double> without = new ArrayList<>();
      List<Double> with = new ArrayList<>();
      for (int turn = 0; turn < turns; turn++) {
        without.add(storm.p99(storm.load(rate, seconds)));
        storm.begin();
        with.add(storm.p99(storm.load(rate, seconds)));
        storm.end();
      }
      out.printf(
          Locale.ROOT,
          "calm tenant, p99 from accepted to completed: %.0f ms without the storm %s, %.0f ms with"
              + " it %s: %.2f times%n",
          median(without),
          without,
          median(with),
          with,
          median(with) / median(without));
    }
    System.exit(0);
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  /** Mail of both tenants at a rate; returns the ids of the calm one's requests, all ended. */
  private Set<String> load(int perSecond, int seconds) {
    Set<String> ids = new HashSet<>();
    long begun = System.nanoTime();
    for (int i = 0; i < perSecond * seconds; i++) {
      long due = begun + Duration.ofSeconds(1).toNanos() * i / perSecond;
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      SendRequest mine = pipeline.request(CALM, STREAM);
      ids.add(mine.getRequestId());
      var _ = pipeline.send(mine, Lane.TRANSACTIONAL);
      var _ = pipeline.send(pipeline.request(STORMY, STREAM), Lane.TRANSACTIONAL);
      sent++;
    }
    SenderRig.await("the calm tenant's results", () -> results(ids).size() == ids.size());
    return ids;
  }

  private List<SendResult> results(Set<String> ids) {
    return pipeline.results().stream().filter(r -> ids.contains(r.getRequestId())).toList();
  }

  private double p99(Set<String> ids) {
    List<Long> millis = results(ids).stream().map(Storm::millis).sorted().toList();
    return millis.get((int) Math.ceil(millis.size() * 0.99) - 1);
  }

  private static long millis(SendResult result) {
    return Duration.between(result.getAcceptedAt(), result.getCompletedAt()).toMillis();
  }
}
