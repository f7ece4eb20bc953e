package io.mailstream.sender;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Finds out whether waiting for records costs CPU time, and for how long to rest so that it does
 * not: Kafka's consumer of the new group protocol spins while no broker answers (seen with 4.3.1).
 * For one thread.
 */
final class BusyWait {

  /** Waits in a row that were spent computing before it rests: one may have had a reason. */
  private static final int IN_A_ROW = 5;

  /** The share of the time that waiting may cost: one in so many. */
  private static final int SHARE = 20;

  private static final long MOST = TimeUnit.MILLISECONDS.toNanos(500);

  private final LongSupplier cpu;
  private final LongSupplier clock;
  private long cpuBefore;
  private long before;
  private int spun;

  /**
   * A new one.
   *
   * @param cpu the CPU time of the thread, in nanoseconds
   * @param clock nanoseconds of any clock
   */
  BusyWait(LongSupplier cpu, LongSupplier clock) {
    this.cpu = cpu;
    this.clock = clock;
  }

  void begins() {
    cpuBefore = cpu.getAsLong();
    before = clock.getAsLong();
  }

  /**
   * A wait is over.
   *
   * @param inVain whether nothing had come
   * @return how long to rest, in nanoseconds; 0: not at all
   */
  long ended(boolean inVain) {
    long computed = cpu.getAsLong() - cpuBefore;
    long waited = clock.getAsLong() - before;
    boolean spins = inVain && computed > waited / 2;
    spun = spins ? spun + 1 : 0;
    return spun < IN_A_ROW ? 0 : Math.clamp(computed * SHARE - waited, 0, MOST);
  }
}
