package io.mailstream.benchmarks.faults;

import io.mailstream.benchmarks.faults.Fault.Role;
import io.mailstream.benchmarks.faults.history.History;
import io.mailstream.benchmarks.faults.history.Id;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The same faults for a peer: what it lost and what it sent more than once is counted. */
final class PeerRun {

  private static final int AHEAD = 50;
  private static final int BACKLOG = 4_000;
  private static final long LOOK_MS = 100;
  private static final Duration SAY = Duration.ofSeconds(10);
  private static final Duration REST = Duration.ofSeconds(5);

  private final FaultsRun.Options options;
  private final Path directory;
  private final PrintWriter out;
  private long saidAt = System.nanoTime();

  PeerRun(FaultsRun.Options options, Path directory, PrintWriter out) {
    this.options = options;
    this.directory = directory;
    this.out = out;
  }

  /**
   * What came of it.
   *
   * @param accepted mails that its queue took
   * @param lost those of them that the ESP has not
   * @param doubled those that it has more than once
   * @param extra sends beyond the first of each
   * @param sends all that the ESP took
   * @param hurts how often what was done
   * @param drained whether nothing was left to do
   */
  record Outcome(
      String peer,
      long seed,
      int accepted,
      int lost,
      int doubled,
      int extra,
      int sends,
      Map<String, Integer> hurts,
      boolean drained) {}

  Outcome run(Peer peer) throws Exception {
    out.printf("%s, seed %d, in %s%n", peer.name(), options.seed(), directory);
    out.flush();
    try (Esp esp = Esp.start(directory, options.seed(), "http://127.0.0.1:9/none")) {
      Map<Role, List<Victim>> victims = new EnumMap<>(peer.start(esp.network().url()));
      victims.put(Role.ESP, List.of(esp.victim()));
      try (peer) {
        return run(peer, new PeerTargets(victims, esp));
      }
    }
  }

  private Outcome run(Peer peer, PeerTargets targets) throws Exception {
    Set<Id> accepted = ConcurrentHashMap.newKeySet();
    Set<Role> roles = EnumSet.of(Role.SENDER, Role.BROKER, Role.ESP, Role.NETWORK);
    FaultPlan plan =
        FaultPlan.of(options.seed(), options.requests(), options.counts(), options.lengths())
            .only(roles);
    boolean drained;
    Map<String, Integer> hurts;
    try (FaultHand hand = new FaultHand(targets, new History(), plan, accepted::size)) {
      for (int i = 0; i < options.requests(); i++) {
        while (accepted.size() - AHEAD > hand.horizon()
            || (i % AHEAD == 0 && accepted.size() - targets.esp().taken() > BACKLOG)) {
          TimeUnit.MILLISECONDS.sleep(LOOK_MS);
          progress(accepted.size(), hand);
        }
        TimeUnit.NANOSECONDS.sleep(TimeUnit.SECONDS.toNanos(1) / options.rate());
        Id id = Id.ofText("mail-" + i);
        peer.put(id.toString(), "user%d@host.example".formatted(i), () -> accepted.add(id));
        progress(accepted.size(), hand);
      }
      while (!hand.isOver()) {
        TimeUnit.MILLISECONDS.sleep(LOOK_MS);
        progress(accepted.size(), hand);
      }
      long deadline = System.nanoTime() + options.drain().toNanos();
      drained = peer.isIdle();
      while (!drained && System.nanoTime() < deadline) {
        TimeUnit.MILLISECONDS.sleep(LOOK_MS);
        drained = peer.isIdle();
        progress(accepted.size(), hand);
      }
      TimeUnit.MILLISECONDS.sleep(REST.toMillis());
      hurts = new TreeMap<>(hand.counts());
    }
    return count(peer, accepted, hurts, drained, targets.esp().journal());
  }

  private Outcome count(
      Peer peer, Set<Id> accepted, Map<String, Integer> hurts, boolean drained, Path journal)
      throws IOException {
    Map<Id, Integer> sends = new HashMap<>();
    Journal.read(journal, sent -> sends.merge(sent.delivery(), 1, Integer::sum));
    Set<Id> lost = new HashSet<>(accepted);
    lost.removeAll(sends.keySet());
    int all = sends.values().stream().mapToInt(Integer::intValue).sum();
    int doubled = (int) sends.values().stream().filter(times -> times > 1).count();
    return new Outcome(
        peer.name(),
        options.seed(),
        accepted.size(),
        lost.size(),
        doubled,
        all - sends.size(),
        all,
        hurts,
        drained);
  }

  private void progress(int accepted, FaultHand hand) throws IOException {
    if (hand.failure() != null) {
      throw new IOException("a fault could not be made", hand.failure());
    }
    if (System.nanoTime() - saidAt > SAY.toNanos()) {
      saidAt = System.nanoTime();
      out.printf(
          "%s  accepted %,d of %,d  %s  now: %s%n",
          LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS),
          accepted,
          options.requests(),
          hand.counts(),
          hand.now());
      out.flush();
    }
  }

  /** A peer has no registry and no stores. */
  private record PeerTargets(Map<Role, List<Victim>> victims, Esp esp) implements Targets {
    @Override
    public void stopRegistry() {
      throw new UnsupportedOperationException("a peer has no registry");
    }

    @Override
    public void startRegistry() {
      throw new UnsupportedOperationException("a peer has no registry");
    }

    @Override
    public void wipe(int instance) {
      throw new UnsupportedOperationException("a peer has no stores");
    }
  }
}
