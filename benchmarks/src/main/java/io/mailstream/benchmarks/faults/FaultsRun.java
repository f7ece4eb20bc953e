package io.mailstream.benchmarks.faults;

import io.mailstream.benchmarks.faults.history.Checker;
import io.mailstream.benchmarks.faults.history.History;
import io.mailstream.benchmarks.faults.history.Id;
import io.mailstream.benchmarks.faults.history.Violation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** One run: requests go in, things go wrong, all comes to rest, and what happened is checked. */
final class FaultsRun {

  /** How late after the commit of a suppression a call may start: the sender's default. */
  private static final Duration LATE_AFTER = Duration.ofSeconds(2);

  private static final int AHEAD = 50;
  private static final int BACKLOG = 10_000;
  private static final long LOOK_MS = 20;
  private static final Duration SAY = Duration.ofSeconds(10);

  /** Beyond the time that uncertain mail waits for evidence. */
  private static final Duration STANDS_STILL = Duration.ofSeconds(120);

  private static final Duration READ = Duration.ofSeconds(60);

  /** After the last result, for mail that should not come. */
  private static final Duration REST = Duration.ofSeconds(5);

  private final Options options;
  private final Path directory;
  private final PrintWriter out;
  private final History history = new History();
  private volatile long saidAt = System.nanoTime();

  /**
   * What is run.
   *
   * @param rate requests a second, at most
   * @param evidence how long an uncertain send waits for the ESP's word
   * @param drain how long the end may be waited for
   */
  record Options(
      int requests,
      long seed,
      int rate,
      FaultPlan.Counts counts,
      FaultPlan.Lengths lengths,
      Duration evidence,
      Duration drain) {}

  FaultsRun(Options options, Path directory, PrintWriter out) {
    this.options = options;
    this.directory = directory;
    this.out = out;
  }

  FaultsReport run() throws IOException, InterruptedException {
    Instant begun = Instant.now();
    Scenario.limits(history);
    FaultPlan plan =
        FaultPlan.of(options.seed(), options.requests(), options.counts(), options.lengths());
    out.printf(
        "Seed %d: %,d requests, %d faults; what happens lies in %s%n",
        options.seed(), options.requests(), plan.faults().size(), directory);
    out.flush();
    try (World world = new World(directory, options.lengths().session())) {
      world.start(options.seed(), options.evidence());
      say("all processes are ready");
      try (Traffic traffic =
              new Traffic(world.bootstrap(), world.registryUrl(), world.topics(), history);
          Observer observer =
              new Observer(world.bootstrap(), world.registryUrl(), world.topics(), history);
          Watch watch = new Watch(new Cluster(world.bootstrap()), World.GROUPS, this::say)) {
        Instant loaded;
        FaultsReport.Hurts hurts;
        String stood = "";
        try (FaultHand hand = new FaultHand(world, history, plan, traffic::requests)) {
          Progress progress = new Progress(traffic, observer, hand);
          try {
            load(traffic, observer, hand, progress);
            say("all requests are accepted; the rest of the faults, and all that is open");
          } catch (Standstill.Reached e) {
            stood = "load: " + e.getMessage();
          }
          loaded = Instant.now();
          if (stood.isEmpty()) {
            try {
              drain(traffic, observer, hand, progress);
            } catch (Standstill.Reached e) {
              stood = "drain: " + e.getMessage();
            }
          }
          List<String> where = stood.isEmpty() ? List.of() : where(stood, world, observer, traffic);
          TimeUnit.MILLISECONDS.sleep(REST.toMillis());
          hurts = new FaultsReport.Hurts(hand.counts(), hand.isOver(), stood, where);
          if (hand.failure() != null) {
            throw new IOException("a fault could not be made", hand.failure());
          }
        }
        boolean read = observer.finish(READ);
        if (!stood.isEmpty()) {
          holdings(world).held(observer.unanswered(), traffic::address).forEach(history::addHeld);
        }
        Journal.read(world.esp().journal(), history::add);
        return report(
            new FaultsReport.Times(begun, loaded, Instant.now()),
            hurts,
            new FaultsReport.Broker(watch.hanging(), watch.wentBack(), read),
            traffic,
            observer);
      }
    }
  }

  private static Holdings holdings(World world) {
    return new Holdings(
        world.victims().get(Fault.Role.TOPOLOGY).stream().map(Victim::url).toList());
  }

  /** Where it stands, for a person. */
  private List<String> where(String stood, World world, Observer observer, Traffic traffic) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s; %,d of %,d results are missing"
            .formatted(stood, traffic.recipients() - observer.answers(), traffic.recipients()));
    world.victims().values().stream()
        .flatMap(List::stream)
        .forEach(victim ->
            lines.add(
                "%s %s, log %s"
                    .formatted(
                        victim.name(),
                        !victim.isAlive()
                            ? "is gone"
                            : victim.isReady() ? "is ready" : "is not ready",
                        victim.log())));
    lines.add("held: " + holdings(world).total());
    try (Cluster cluster = new Cluster(world.bootstrap())) {
      lines.addAll(cluster.describe(World.GROUPS));
    }
    lines.forEach(this::say);
    return lines;
  }

  private void load(Traffic traffic, Observer observer, FaultHand hand, Progress progress)
      throws InterruptedException, IOException, Standstill.Reached {
    Load load = new Load(options.seed());
    long begun = System.nanoTime();
    long waited = 0;
    for (int i = 0; i < options.requests(); i++) {
      long from = System.nanoTime();
      while (traffic.requests() - AHEAD > hand.horizon()
          || traffic.recipients() - observer.answers() > BACKLOG
          || !traffic.hasRoom()) {
        TimeUnit.MILLISECONDS.sleep(LOOK_MS);
        progress.look();
      }
      waited += System.nanoTime() - from;
      // Time that was waited is not made up for: the rate is never more than was asked for.
      long due = begun + waited + i * TimeUnit.SECONDS.toNanos(1) / options.rate();
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        TimeUnit.NANOSECONDS.sleep(left);
      }
      from = System.nanoTime();
      traffic.send(load.next(Instant.now()));
      waited += System.nanoTime() - from;
      progress.look();
    }
    while (!traffic.isFlushed()) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
      progress.look();
    }
  }

  private void drain(Traffic traffic, Observer observer, FaultHand hand, Progress progress)
      throws InterruptedException, IOException, Standstill.Reached {
    while (!hand.isOver()) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
      progress.look();
    }
    long deadline = System.nanoTime() + options.drain().toNanos();
    while (observer.answers() < traffic.recipients()) {
      if (System.nanoTime() > deadline) {
        throw new Standstill.Reached(
            "not all results within %d s".formatted(options.drain().toSeconds()));
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
      progress.look();
    }
  }

  /** How far a run is: told now and then, and watched. */
  private final class Progress {
    private final Traffic traffic;
    private final Observer observer;
    private final FaultHand hand;
    private final Standstill standstill = new Standstill(options.evidence().plus(STANDS_STILL));

    Progress(Traffic traffic, Observer observer, FaultHand hand) {
      this.traffic = traffic;
      this.observer = observer;
      this.hand = hand;
    }

    void look() throws IOException, Standstill.Reached {
      if (hand.failure() != null) {
        throw new IOException("a fault could not be made", hand.failure());
      }
      long now = System.nanoTime();
      standstill.look(traffic.requests() + observer.answers() + hand.begun(), now);
      if (now - saidAt > SAY.toNanos()) {
        say(
            "accepted %,d of %,d  results %,d of %,d  faults begun %d of %d %s  now: %s"
                .formatted(
                    traffic.requests(),
                    options.requests(),
                    observer.answers(),
                    traffic.recipients(),
                    hand.begun(),
                    hand.planned(),
                    hand.counts(),
                    hand.now().isEmpty() ? "nothing" : hand.now()));
      }
    }
  }

  private synchronized void say(String what) {
    saidAt = System.nanoTime();
    out.printf(
        "%s  %s%n", LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS), what);
    out.flush();
  }

  private FaultsReport report(
      FaultsReport.Times times,
      FaultsReport.Hurts hurts,
      FaultsReport.Broker broker,
      Traffic traffic,
      Observer observer) {
    Checker checker = new Checker(new Checker.Bounds(LATE_AFTER, World.OPEN_SENDS, World.SENDERS));
    // What Kafka neither took nor refused may have come to something or not.
    Set<String> unknown = traffic.unknown().stream().map(Id::toString).collect(Collectors.toSet());
    List<Violation> violations =
        checker.check(history).stream()
            .filter(violation -> !unknown.contains(violation.what()))
            .toList();
    return new FaultsReport(
        options,
        times,
        hurts,
        broker,
        new FaultsReport.Counted(
            traffic.requests(),
            traffic.recipients(),
            unknown.size(),
            observer.statuses(),
            observer.lagMillis(),
            checker.uncertainBound(history)),
        history,
        violations);
  }
}
