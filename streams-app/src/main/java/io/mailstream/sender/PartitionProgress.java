package io.mailstream.sender;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * How far the sends of one dispatch partition are, for the time that this instance owns it: pure
 * bookkeeping, without Kafka, without a clock.
 *
 * <p>A record is first <i>waiting</i>: polled, nothing said of it. {@link #startHead} and {@link
 * #finishHead} take the waiting in their order into the next commit. {@link #propose} is what that
 * commit says; {@link #committed} or {@link #aborted} is how it went. Only what {@link #committed}
 * returns may be sent. {@link #finish} reports an end, which a later commit says; until one has
 * succeeded, each proposal says it anew.
 *
 * <p>What a predecessor left started and unfinished comes as waiting too, and {@link
 * #isLeftUncertain} tells; it must be finished, never started.
 *
 * <p>For one thread.
 *
 * @param <S> what is tracked
 */
final class PartitionProgress<S extends Tracked> {

  private final StartedOffsets recovered;
  private final int maxWindow;
  private final Deque<S> waiting = new ArrayDeque<>();

  /** In the order of offsets: said to be started by the last commit or by the next, not done. */
  private final Deque<S> open = new ArrayDeque<>();

  /** At the end of {@link #open}: those that the next commit says for the first time. */
  private final List<S> entering = new ArrayList<>();

  /** Ended, not committed so. */
  private List<S> finishing = new ArrayList<>();

  private StartedOffsets lastCommitted;
  private StartedOffsets proposed;
  private long position;
  private boolean touched;
  private boolean urgent;

  /**
   * Takes a partition over.
   *
   * @param recovered what its committed offset says
   * @param maxWindow the most offsets from the first unfinished to the last started, 1 to {@link
   *     StartedOffsets#MAX_WINDOW}
   */
  PartitionProgress(StartedOffsets recovered, int maxWindow) {
    if (maxWindow < 1 || maxWindow > StartedOffsets.MAX_WINDOW) {
      throw new IllegalArgumentException(
          "a window of %d offsets: 1 to %d are possible"
              .formatted(maxWindow, StartedOffsets.MAX_WINDOW));
    }
    this.recovered = recovered;
    this.maxWindow = maxWindow;
    this.lastCommitted = recovered;
    this.position = recovered.prefix();
  }

  /**
   * A record was polled.
   *
   * @return false: it is finished, there is nothing to do
   */
  boolean add(S record) {
    if (record.offset() < position) {
      throw new IllegalArgumentException(
          "offset %d after the position %d was reached".formatted(record.offset(), position));
    }
    position = record.offset() + 1;
    if (recovered.isFinished(record.offset())) {
      return false;
    }
    waiting.addLast(record);
    return true;
  }

  /** The next record to be polled has at least this offset. */
  void readUpTo(long offset) {
    position = Math.max(position, offset);
  }

  /** How many are waiting. */
  int waiting() {
    return waiting.size();
  }

  /** The first waiting one; null: there is none. */
  S head() {
    return waiting.peekFirst();
  }

  /** Whether the head was started by a predecessor and not seen to end. */
  boolean isLeftUncertain() {
    return recovered.isUncertain(waiting.getFirst().offset());
  }

  /** Whether the head may enter the next commit: the window has room for it. */
  boolean hasRoom() {
    return waiting.getFirst().offset() - firstUnfinished() < maxWindow;
  }

  /** The next commit says that the head is started; after it, it may be sent. */
  S startHead() {
    if (isLeftUncertain()) {
      throw new IllegalStateException(
          "offset %d may have been sent by a predecessor".formatted(head().offset()));
    }
    return enter();
  }

  /** The next commit says that the head has ended; it is never sent. */
  S finishHead() {
    S record = enter();
    record.finished(true);
    finishing.add(record);
    return record;
  }

  private S enter() {
    if (!hasRoom()) {
      throw new IllegalStateException("offset %d is outside the window".formatted(head().offset()));
    }
    S record = waiting.removeFirst();
    open.addLast(record);
    entering.add(record);
    touch();
    return record;
  }

  /** A started one has ended. */
  void finish(S record) {
    if (!record.isStarted() || record.isFinished()) {
      throw new IllegalStateException(
          "offset %d was not started or has ended before".formatted(record.offset()));
    }
    record.finished(true);
    finishing.add(record);
    touched = true;
  }

  /** The next commit names this partition, though nothing about it has changed. */
  void touch() {
    touched = true;
    urgent = true;
  }

  /** Whether the next commit names this partition. */
  boolean isTouched() {
    return touched;
  }

  /** Whether anything waits for the next commit but the outcomes of what has ended. */
  boolean isUrgent() {
    return urgent;
  }

  /** Those that have ended and that no commit has said so of: their outcomes go along. */
  List<S> finishing() {
    return finishing;
  }

  /** How many are started, by the last commit or the next, and not committed as finished. */
  int open() {
    return open.size();
  }

  /**
   * How many of them the next commit leaves open: it says of those that have ended that they did.
   */
  int openAfterCommit() {
    return open.size() - finishing.size();
  }

  /** Those that are started and not committed as finished, in their order. */
  List<S> openSends() {
    return List.copyOf(open);
  }

  /** Calls back for each waiting one, in their order. */
  void forEachWaiting(Consumer<S> consumer) {
    waiting.forEach(consumer);
  }

  /** The first waiting one of which this holds; null: there is none. */
  S firstWaiting(Predicate<S> which) {
    for (S record : waiting) {
      if (which.test(record)) {
        return record;
      }
    }
    return null;
  }

  /** The first started and unfinished one; null: there is none. */
  S oldestOpen() {
    for (S record : open) {
      if (!record.isFinished()) {
        return record;
      }
    }
    return null;
  }

  /** What the last successful commit says, or the predecessor's. */
  StartedOffsets lastCommitted() {
    return lastCommitted;
  }

  /** What the next commit says of this partition. */
  StartedOffsets propose(long commitId) {
    long frontier = frontier();
    long prefix = firstOpen(firstUnread(frontier));
    long startedUpTo = Math.max(lastCommitted.startedUpTo(), lastEntered());
    // What lies between the last started and the frontier is no record; it may count as started
    // where the window has room, so that the prefix passes it.
    if (frontier - prefix <= maxWindow) {
      startedUpTo = Math.max(startedUpTo, frontier);
    }

    BitSet finished = new BitSet();
    long cursor = prefix;
    for (S record : open) {
      if (!record.isFinished()) {
        finished.set((int) (cursor - prefix), (int) (record.offset() - prefix));
        cursor = record.offset() + 1;
      }
    }
    // Beyond the window there is no record below the frontier, and no bit to spend on its absence.
    long known = Math.min(Math.min(frontier, startedUpTo), prefix + maxWindow);
    if (cursor < known) {
      finished.set((int) (cursor - prefix), (int) (known - prefix));
    }
    for (long next = recovered.firstFinished(Math.max(frontier, prefix));
        next >= 0;
        next = recovered.firstFinished(next + 1)) {
      finished.set((int) (next - prefix));
    }
    proposed = new StartedOffsets(prefix, startedUpTo, finished, commitId);
    return proposed;
  }

  /**
   * The commit of the last proposal succeeded.
   *
   * @return those that may be sent now
   */
  List<S> committed() {
    lastCommitted = proposed;
    proposed = null;
    touched = false;
    urgent = false;
    List<S> mayStart = new ArrayList<>(entering.size());
    for (S record : entering) {
      record.started(true);
      if (!record.isFinished()) {
        mayStart.add(record);
      }
    }
    entering.clear();
    if (!finishing.isEmpty()) {
      open.removeIf(Tracked::isFinished);
      finishing = new ArrayList<>();
    }
    return mayStart;
  }

  /**
   * The commit of the last proposal failed: what was to enter by it waits again.
   *
   * @return those, in their order
   */
  List<S> aborted() {
    List<S> back = List.copyOf(entering);
    proposed = null;
    for (int i = entering.size() - 1; i >= 0; i--) {
      S record = open.removeLast();
      record.finished(false);
      waiting.addFirst(record);
    }
    finishing.removeIf(record -> !record.isStarted());
    entering.clear();
    touched = !finishing.isEmpty();
    urgent = false;
    return back;
  }

  /** The first offset that neither this instance nor, as far as read, a record occupies. */
  private long frontier() {
    S head = waiting.peekFirst();
    return head == null ? position : head.offset();
  }

  /** The first offset at or above the frontier that is not known to be finished. */
  private long firstUnread(long frontier) {
    return frontier < recovered.startedUpTo() ? recovered.firstUncertain(frontier) : frontier;
  }

  private long lastEntered() {
    return open.isEmpty() ? 0 : open.getLast().offset() + 1;
  }

  private long firstOpen(long otherwise) {
    S oldest = oldestOpen();
    return oldest == null ? otherwise : oldest.offset();
  }

  private long firstUnfinished() {
    return firstOpen(frontier());
  }
}
