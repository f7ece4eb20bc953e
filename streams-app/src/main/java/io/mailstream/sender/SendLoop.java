package io.mailstream.sender;

import io.mailstream.sender.Checkpoints.Point;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.errors.FencedMemberEpochException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop of one instance:
 *
 * <pre>
 * poll ─▶ one transaction { outcomes since the last; offset and what is started, by partition }
 *      ─▶ only after its commit: the calls of what it starts
 * </pre>
 *
 * <p>All of it runs on one thread, {@link #run}, save the calls, which run in {@link CallSlots} and
 * report back by a queue.
 */
final class SendLoop {

  private static final Logger LOG = LoggerFactory.getLogger(SendLoop.class);
  private static final Duration IDLE = Duration.ofMillis(100);

  private static final long LEAST_REST = TimeUnit.MILLISECONDS.toNanos(1);
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final int GIVE_UP_AFTER_DELAYS = 4;
  private static final int HANDOVER_COMMITS = 5;
  private static final long OLD_PREFIX = TimeUnit.MINUTES.toNanos(2);

  private final SenderConfig config;
  private final Consumer<byte[], byte[]> consumer;
  private final Map<String, AccountGate> accounts;
  private final Checkpoints checkpoints;
  private final SuppressionTail tail;
  private final SenderMetrics metrics;
  private final int allPartitions;
  private final Partitions partitions;
  private final Planner planner;
  private final Committer committer;
  private final CallSlots slots;
  private final Purger purger;
  private final Endings endings;

  /** Started, but not called: too late after their commit, or the gate was not fresh. */
  private final List<Send> returned = new ArrayList<>();

  private long lastCommitAt = System.nanoTime();
  private long lastCycleAt = lastCommitAt;
  private long lastTickAt;
  private volatile long openSends;
  private volatile long prefixAge;
  private volatile boolean joined;
  private volatile boolean stopping;
  private volatile Throwable callFailure;

  SendLoop(LoopParts parts, int allPartitions) {
    config = parts.config();
    consumer = parts.consumer();
    RecordCodec codec = parts.codec();
    accounts = parts.accounts();
    checkpoints = parts.checkpoints();
    tail = parts.tail();
    metrics = parts.metrics();
    InstantSource clock = parts.clock();
    this.allPartitions = allPartitions;
    partitions =
        new Partitions(consumer, parts.topics(), config, tail, this::handOver, this::share);
    planner = new Planner(config, codec, accounts, tail::view, clock);
    committer = new Committer(parts.log(), metrics, checkpoints);
    purger = new Purger(parts.admin(), config.purgeInterval());
    endings = new Endings(codec, planner, committer, metrics, clock, returned::add);
    Caller caller = new Caller(parts, endings::add);
    slots = new CallSlots(config.slots(), config.enoughAhead(), caller::call, e -> callFailure = e);
    consumer.subscribe(parts.dispatchTopics(), partitions);
  }

  /** Runs until {@link #stop}; then hands over what is in hand. */
  void run() {
    while (!stopping) {
      try {
        cycle();
      } catch (WakeupException e) {
        LOG.debug("Woken up to stop", e);
      }
    }
    handOver(List.copyOf(partitions.all()));
    purger.purge(partitions.all(), System.nanoTime());
  }

  /** Makes {@link #run} come to its end. */
  void stop() {
    stopping = true;
    consumer.wakeup();
  }

  private void cycle() {
    partitions.accept(poll());
    joined = partitions.isJoined();
    checkpoints.reached(Point.POLLED);
    endings.collect();
    checkpoints.reached(Point.COLLECTED);
    if (callFailure != null) {
      throw new SenderFailure("a call died of an error", callFailure);
    }
    long now = System.nanoTime();
    if (now - lastCommitAt >= config.commitInterval().toNanos()) {
      planner.plan(partitions.inOrder(), partitions.all());
      List<Send> again = recommitReturned(now);
      if (isCommitDue(now)) {
        Optional<List<Send>> mayStart = committer.commit(partitions.all());
        lastCommitAt = System.nanoTime();
        mayStart.ifPresent(sends -> {
          slots.submit(sends);
          checkpoints.reached(Point.SUBMITTED);
          submitAgain(again);
        });
      }
    }
    partitions.pauseAndResume();
    if (purger.purge(partitions.all(), now)) {
      checkpoints.reached(Point.PURGED);
    }
    tick(now);
    lastCycleAt = System.nanoTime();
  }

  private boolean isCommitDue(long now) {
    return CommitPace.isDue(
        committer.waiting(partitions.all()), slots.isSupplied(), now - lastCommitAt);
  }

  private ConsumerRecords<byte[], byte[]> poll() {
    try {
      boolean busy = isBusy();
      if (busy) {
        rest();
      }
      ConsumerRecords<byte[], byte[]> records = consumer.poll(busy ? Duration.ZERO : IDLE);
      partitions.adopt();
      return records;
    } catch (InvalidOffsetException e) {
      throw new SenderFailure(
          ("the offsets of %s are gone or point at what is no longer kept: to begin anywhere could"
                  + " send mail twice or lose it. Stop all senders; see %s for how to go on")
              .formatted(e.partitions(), SenderConfig.MISSING_OFFSETS),
          e);
    } catch (RetriableException
        | UnknownMemberIdException
        | StaleMemberEpochException
        | FencedMemberEpochException e) {
      // The group has gone on without this member: it joins again by itself, and what it held
      // comes as lost.
      LOG.warn("The group is not to be reached as a member: {}", e.toString());
      return ConsumerRecords.empty();
    }
  }

  /** Whether there is more to wait for than records. */
  private boolean isBusy() {
    return slots.busy() > 0
        || !endings.isEmpty()
        || committer.isNeeded(partitions.all())
        || !returned.isEmpty()
        || partitions.all().stream().anyMatch(partition -> partition.progress().waiting() > 0);
  }

  /**
   * Waits until a look is worth it: until a call has ended, and for as long as has to lie between
   * two commits. Not in the consumer: as long as it holds fetched records of a paused partition,
   * its poll does not wait but spins (KAFKA-21084).
   */
  private void rest() {
    long interval = Math.max(LEAST_REST, config.commitInterval().toNanos());
    // What has ended already is no reason to hurry while it cannot be written.
    if (endings.isEmpty() || planner.isRegistryPaused()) {
      endings.waitForOne(System.nanoTime() + interval);
    }
    LockSupport.parkNanos(lastCycleAt + interval - System.nanoTime());
  }

  /** Of those that came back uncalled: which are to be called once the next commit names them. */
  private List<Send> recommitReturned(long now) {
    List<Send> again = new ArrayList<>();
    List<Send> atOnce = new ArrayList<>();
    long delay = config.startMaxDelay().toNanos();
    for (Iterator<Send> i = returned.iterator(); i.hasNext(); ) {
      Send send = i.next();
      OwnedPartition partition = send.partition();
      SuppressionView view = tail.view(partition.id().partition());
      boolean fresh = view != null && view.isFresh(now, config.gateMaxAge().toNanos());
      if (!partition.isOwned()) {
        i.remove();
      } else if (now - send.firstCommittedAt() > GIVE_UP_AFTER_DELAYS * delay) {
        i.remove();
        endings.withdraw(send, "it could not be started in time: the last gate was not fresh");
      } else if (fresh && now - send.committedAt() > delay / 2) {
        i.remove();
        partition.progress().touch();
        again.add(send);
      } else if (fresh) {
        i.remove();
        send.plan();
        atOnce.add(send);
      }
    }
    slots.submit(atOnce);
    returned.addAll(again);
    return again;
  }

  private void submitAgain(List<Send> again) {
    if (again.isEmpty()) {
      return;
    }
    long now = System.nanoTime();
    for (Send send : again) {
      send.committed(now);
      send.plan();
      metrics.recommitted();
    }
    returned.removeAll(again);
    slots.submit(again);
  }

  /** Ends the work on partitions that leave: nothing starts, what is in flight is waited for. */
  private void handOver(Collection<OwnedPartition> leaving) {
    leaving.forEach(OwnedPartition::stopStarting);
    for (OwnedPartition partition : leaving) {
      for (Send send : partition.progress().openSends()) {
        if (send.isStarted() && !send.isFinished()) {
          endings.withdraw(send, "its partition went to another sender before it was started");
        }
      }
    }
    long until = System.nanoTime() + config.handoverTimeout().toNanos();
    endings.collect();
    while (isInFlight(leaving) && System.nanoTime() - until < 0) {
      endings.waitForOne(until);
      endings.collect();
    }
    for (int i = 0; i < HANDOVER_COMMITS && committer.isNeeded(partitions.all()); i++) {
      committer.commit(partitions.all()).ifPresent(slots::submit);
    }
    for (OwnedPartition partition : leaving) {
      long open = partition.progress().openSends().size();
      if (open > 0) {
        LOG.warn(
            "{}: {} sends did not end within {}: the next owner holds them for uncertain",
            partition.id(),
            open,
            config.handoverTimeout());
      }
    }
  }

  private static boolean isInFlight(Collection<OwnedPartition> leaving) {
    return leaving.stream().anyMatch(partition -> partition.progress().oldestOpen() != null);
  }

  private void share() {
    double share = (double) partitions.all().size() / allPartitions;
    long now = System.nanoTime();
    accounts.values().forEach(account -> account.share(share, now));
  }

  private void tick(long now) {
    if (now - lastTickAt < TICK.toNanos()) {
      return;
    }
    lastTickAt = now;
    accounts.values().forEach(account -> account.tick(now));
    partitions.forgetOldSuppressions();
    long open = 0;
    long oldest = 0;
    for (OwnedPartition partition : partitions.all()) {
      open += partition.progress().open();
      Send first = partition.progress().oldestOpen();
      if (first != null && first.firstCommittedAt() != 0) {
        long age = now - first.firstCommittedAt();
        oldest = Math.max(oldest, age);
        if (age > OLD_PREFIX) {
          LOG.warn(
              "{}: offset {} is open for {} and holds the partition's offset back",
              partition.id(),
              first.offset(),
              Duration.ofNanos(age));
        }
      }
    }
    openSends = open;
    prefixAge = oldest;
  }

  /** How many sends were open at the last look. */
  long openSends() {
    return openSends;
  }

  /** How many calls are in flight. */
  int callsInFlight() {
    return slots.busy();
  }

  /** How long the oldest open send is open, in seconds. */
  double prefixAgeSeconds() {
    return prefixAge / 1e9;
  }

  /** What keeps it from working, for people; empty: nothing. */
  String trouble() {
    if (!joined) {
      return "partitions are not assigned yet";
    }
    return committer.trouble();
  }

  /** What keeps records from being read or written, for people; empty: nothing. */
  String registryTrouble() {
    return planner.registryTrouble();
  }

  /** Stops all calls that have not begun, without a word to the brokers. */
  void abandon() {
    stopping = true;
    partitions.abandon();
  }
}
