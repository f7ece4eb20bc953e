package io.mailstream.benchmarks.faults;

import io.mailstream.benchmarks.faults.Fault.Kind;
import io.mailstream.benchmarks.faults.Fault.Role;
import io.mailstream.benchmarks.faults.Fault.Storm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** All that is to go wrong in a run, in its order: the same for the same seed. */
record FaultPlan(List<Fault> faults) {

  private static final int MAX_DOWN_MS = 2_000;
  private static final int HASTY_ONE_OF = 5;

  /**
   * How often what happens.
   *
   * @param kills of topologies, of senders, of the ingester and of the ESP, each
   * @param brokerKills of the broker
   * @param pauses of topologies and senders in all
   * @param storms of the ESP
   * @param outages of the registry
   * @param wipes of a topology's state directory
   * @param blocks of the network to the ESP
   */
  record Counts(
      int kills, int brokerKills, int pauses, int storms, int outages, int wipes, int blocks) {}

  /**
   * How long what lasts.
   *
   * @param session after which a member of a group that says nothing is left out
   * @param outage of the registry
   */
  record Lengths(Duration session, Duration outage) {}

  /** A plan for a run of so many requests. */
  static FaultPlan of(long seed, int requests, Counts counts, Lengths lengths) {
    return new Draw(new Random(seed), requests).plan(counts, lengths);
  }

  /** What of it can be done where there are only these. */
  FaultPlan only(Set<Role> roles) {
    return new FaultPlan(faults.stream().filter(fault -> roles.contains(fault.role())).toList());
  }

  /** The faults that kill a process of a role, those among others included. */
  long kills(Role role) {
    return faults.stream()
        .filter(fault -> fault.kind() == Kind.KILL || fault.kind() == Kind.WIPE)
        .filter(fault -> fault.role() == role)
        .count();
  }

  private static final class Draw {
    private final Random random;
    private final int requests;
    private final List<Fault> faults = new ArrayList<>();

    Draw(Random random, int requests) {
      this.random = random;
      this.requests = requests;
    }

    FaultPlan plan(Counts counts, Lengths lengths) {
      for (Role role : List.of(Role.TOPOLOGY, Role.SENDER, Role.INGESTER, Role.ESP)) {
        kill(Kind.KILL, role, counts.kills());
      }
      kill(Kind.KILL, Role.BROKER, counts.brokerKills());
      kill(Kind.WIPE, Role.TOPOLOGY, counts.wipes());
      for (int i = 0; i < counts.pauses(); i++) {
        long session = lengths.session().toMillis();
        Role role = i % 2 == 0 ? Role.SENDER : Role.TOPOLOGY;
        add(Kind.PAUSE, role, session + session / 4 + random.nextInt(5_000), Storm.NONE);
      }
      for (int i = 0; i < counts.storms(); i++) {
        Storm storm = Storm.values()[1 + i % (Storm.values().length - 1)];
        add(Kind.STORM, Role.ESP, 4_000 + random.nextInt(8_000), storm);
      }
      for (int i = 0; i < counts.outages(); i++) {
        add(Kind.OUTAGE, Role.REGISTRY, lengths.outage().toMillis(), Storm.NONE);
      }
      for (int i = 0; i < counts.blocks(); i++) {
        add(Kind.BLOCK, Role.NETWORK, 3_000 + random.nextInt(9_000), Storm.NONE);
      }
      faults.sort(Comparator.comparingInt(Fault::atRequest));
      return new FaultPlan(List.copyOf(faults));
    }

    private void kill(Kind kind, Role role, int times) {
      for (int i = 0; i < times; i++) {
        add(kind, role, random.nextInt(MAX_DOWN_MS), Storm.NONE);
      }
    }

    /** Not at the very start, when nothing is under way, nor at the very end. */
    private void add(Kind kind, Role role, long millis, Storm storm) {
      int at = requests / 20 + random.nextInt(Math.max(1, requests * 9 / 10));
      int instances = role == Role.TOPOLOGY || role == Role.SENDER ? 2 : 1;
      faults.add(
          new Fault(
              kind,
              role,
              random.nextInt(instances),
              at,
              Duration.ofMillis(millis),
              storm,
              random.nextInt(HASTY_ONE_OF) == 0));
    }
  }
}
