package io.mailstream.benchmarks.faults;

import io.mailstream.benchmarks.faults.Fault.Kind;
import io.mailstream.benchmarks.faults.Fault.Role;
import io.mailstream.benchmarks.faults.Fault.Storm;
import io.mailstream.benchmarks.faults.history.History;
import io.mailstream.benchmarks.faults.history.History.Loss;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;

/**
 * Does to the processes what the plan says. Several faults may last at once, but of one process
 * only one; each ends by itself.
 */
final class FaultHand implements AutoCloseable {

  private static final int AT_ONCE = 4;
  private static final Duration LOOK = Duration.ofMillis(20);

  /** How long a process that is to be hurt may take to be ready; then it is hurt nevertheless. */
  private static final Duration UNREADY = Duration.ofSeconds(45);

  private static final Duration WATCH = Duration.ofSeconds(5);
  private static final int NOT_LIVE_MOST = 24;

  private final Targets world;
  private final History history;
  private final List<Fault> faults;
  private final IntSupplier accepted;
  private final Semaphore slots = new Semaphore(AT_ONCE);
  private final Map<String, Integer> counts = new TreeMap<>();
  private final Set<String> now = new ConcurrentSkipListSet<>();
  private final Map<String, Integer> notLive = new ConcurrentHashMap<>();
  private final ReentrantLock espLock = new ReentrantLock(true);
  private final ReentrantLock networkLock = new ReentrantLock(true);
  private final ReentrantLock registryLock = new ReentrantLock(true);
  private final Thread executor;
  private final Thread watch;
  private final AtomicInteger next = new AtomicInteger();
  private volatile boolean stopping;
  private volatile Exception failure;

  /**
   * A hand that begins at once.
   *
   * @param accepted how many requests have been accepted
   */
  FaultHand(Targets world, History history, FaultPlan plan, IntSupplier accepted) {
    this.world = world;
    this.history = history;
    this.faults = plan.faults();
    this.accepted = accepted;
    this.executor = Thread.ofVirtual().name("faults").start(this::execute);
    this.watch = Thread.ofVirtual().name("watch").start(this::watch);
  }

  /** How many requests may have been accepted before the next fault begins. */
  int horizon() {
    int head = next.get();
    return head < faults.size() ? faults.get(head).atRequest() : Integer.MAX_VALUE;
  }

  /** How many faults have begun. */
  int begun() {
    return next.get();
  }

  /** How many there are. */
  int planned() {
    return faults.size();
  }

  /** Whether all faults are over. */
  boolean isOver() {
    return next.get() == faults.size() && slots.availablePermits() == AT_ONCE;
  }

  /** What is hurt now, for people. */
  Set<String> now() {
    return now;
  }

  /** How often what has happened. */
  Map<String, Integer> counts() {
    synchronized (counts) {
      return new TreeMap<>(counts);
    }
  }

  /** What went wrong with the hand itself. */
  Exception failure() {
    return failure;
  }

  private void count(String what) {
    synchronized (counts) {
      counts.merge(what, 1, Integer::sum);
    }
  }

  private void execute() {
    try {
      for (Iterator<Fault> all = faults.iterator(); all.hasNext() && !stopping; ) {
        Fault fault = all.next();
        while (accepted.getAsInt() < fault.atRequest() && !stopping) {
          LockSupport.parkNanos(LOOK.toNanos());
        }
        slots.acquire();
        next.incrementAndGet();
        Thread.ofVirtual()
            .start(() -> {
              try {
                hurt(fault);
              } catch (IOException | InterruptedException | RuntimeException e) {
                failure = e;
              } finally {
                slots.release();
              }
            });
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void hurt(Fault fault) throws IOException, InterruptedException {
    switch (fault.kind()) {
      case KILL, WIPE -> kill(fault, fault.toString());
      case PAUSE -> pause(fault);
      case STORM ->
          during(
              espLock,
              fault,
              () -> world.esp().behave(fault.storm().control()),
              () -> world.esp().behave(Storm.OVER));
      case BLOCK ->
          during(networkLock, fault, world.esp().network()::block, world.esp().network()::open);
      case OUTAGE -> outage(fault);
    }
  }

  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  private void during(ReentrantLock lock, Fault fault, Step begin, Step end)
      throws IOException, InterruptedException {
    lock.lock();
    try {
      begin.run();
      now.add(fault.toString());
      count(fault.kind() == Kind.STORM ? "storm " + fault.storm() : fault.kind().name());
      Thread.sleep(fault.length());
    } finally {
      end.run();
      now.remove(fault.toString());
      lock.unlock();
    }
  }

  /** While it lasts, a topology and a sender are killed and start without a registry. */
  private void outage(Fault fault) throws IOException, InterruptedException {
    during(
        registryLock,
        fault,
        () -> {
          world.stopRegistry();
          for (Role role : List.of(Role.TOPOLOGY, Role.SENDER)) {
            Fault cold =
                new Fault(
                    Kind.KILL, role, fault.instance(), 0, Duration.ofMillis(100), Storm.NONE, true);
            kill(cold, cold + " (cold start)");
            count("cold start " + role);
          }
        },
        world::startRegistry);
  }

  private void kill(Fault fault, String what) throws IOException, InterruptedException {
    Victim victim = victim(fault);
    victim.hurting.lock();
    try {
      if (!fault.hasty()) {
        victim.awaitReady(UNREADY);
      }
      now.add(what);
      victim.kill();
      count(fault.kind() == Kind.WIPE ? "wiped" : "killed " + fault.role());
      if (fault.role() == Role.SENDER) {
        history.add(Loss.SENDER_KILLED);
      } else if (fault.role() == Role.BROKER) {
        history.add(Loss.BROKER_KILLED);
      }
      Thread.sleep(fault.length());
      if (fault.kind() == Kind.WIPE) {
        world.wipe(fault.instance());
      }
      victim.start();
    } finally {
      now.remove(what);
      victim.hurting.unlock();
    }
  }

  private Victim victim(Fault fault) {
    return world.victims().get(fault.role()).get(fault.instance());
  }

  private void pause(Fault fault) throws IOException, InterruptedException {
    Victim victim = victim(fault);
    victim.hurting.lock();
    try {
      victim.awaitReady(UNREADY);
      now.add(fault.toString());
      victim.freeze();
      count("paused " + fault.role());
      if (fault.role() == Role.SENDER) {
        history.add(Loss.SENDER_PAUSED);
      }
      Thread.sleep(fault.length());
      victim.thaw();
    } finally {
      now.remove(fault.toString());
      victim.hurting.unlock();
    }
  }

  /** What Kubernetes does: a process that ended, or says that it does not live, starts again. */
  private void watch() {
    while (!stopping) {
      try {
        TimeUnit.MILLISECONDS.sleep(WATCH.toMillis());
        for (Victim victim : world.victims().values().stream().flatMap(List::stream).toList()) {
          if (victim.hurting.tryLock()) {
            try {
              restartIfDead(victim);
            } finally {
              victim.hurting.unlock();
            }
          }
        }
      } catch (InterruptedException e) {
        return;
      } catch (IOException e) {
        failure = e;
      }
    }
  }

  private void restartIfDead(Victim victim) throws IOException, InterruptedException {
    boolean ended = !victim.isAlive();
    int times = ended || victim.isLive() ? 0 : notLive.merge(victim.name(), 1, Integer::sum);
    if (!ended && times == 0) {
      notLive.remove(victim.name());
    } else if (ended || times > NOT_LIVE_MOST) {
      count(
          (ended ? "ended by itself: " : "not live: ")
              + victim.name()
              + ", "
              + victim.log().getFileName());
      if (victim.name().startsWith("sender")) {
        history.add(Loss.SENDER_KILLED);
      }
      notLive.remove(victim.name());
      victim.kill();
      victim.start();
    }
  }

  @Override
  public void close() {
    stopping = true;
    executor.interrupt();
    watch.interrupt();
    try {
      executor.join();
      watch.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
