package io.mailstream.sender;

import io.mailstream.v1.Lane;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * The slots in which calls run, each on a virtual thread. A slot that becomes free takes the next
 * started send by itself, transactional mail first, without the loop; bulk mail uses no more than
 * its share of them.
 */
final class CallSlots {

  private static final double BULK_SHARE = 0.8;

  private final int slots;
  private final int bulkSlots;
  private final int enough;
  private final Consumer<Send> call;
  private final Consumer<Throwable> onError;
  private final Queue<Send> transactional = new ArrayDeque<>();
  private final Queue<Send> bulk = new ArrayDeque<>();
  private int busy;
  private int busyWithBulk;

  /**
   * Empty slots.
   *
   * @param slots how many; at least 1
   * @param enough how many started bulk mails that wait for a slot are a supply
   * @param call one send: blocks as long as its call takes
   * @param onError told of errors that escape from a call
   */
  CallSlots(int slots, int enough, Consumer<Send> call, Consumer<Throwable> onError) {
    this.slots = slots;
    this.bulkSlots = bulkShare(slots);
    this.enough = enough;
    this.call = call;
    this.onError = onError;
  }

  /** How many of a number of slots bulk mail may use; at least 1. */
  static int bulkShare(int slots) {
    return Math.max(1, (int) (slots * BULK_SHARE));
  }

  /** Runs sends as soon as there are slots. */
  void submit(Collection<Send> sends) {
    synchronized (this) {
      for (Send send : sends) {
        (send.partition().lane() == Lane.TRANSACTIONAL ? transactional : bulk).add(send);
      }
    }
    for (Send next = take(); next != null; next = take()) {
      Send first = next;
      Thread.ofVirtual().name("mailstream-send").start(() -> run(first));
    }
  }

  private void run(Send first) {
    for (Send send = first; send != null; ) {
      try {
        call.accept(send);
      } catch (Throwable e) {
        onError.accept(e);
      }
      send = release(send.partition().lane());
    }
  }

  private synchronized Send release(Lane lane) {
    busy--;
    if (lane == Lane.BULK) {
      busyWithBulk--;
    }
    return take();
  }

  private synchronized Send take() {
    if (busy >= slots) {
      return null;
    }
    Send send = transactional.poll();
    if (send == null && busyWithBulk < bulkSlots) {
      send = bulk.poll();
      busyWithBulk += send == null ? 0 : 1;
    }
    busy += send == null ? 0 : 1;
    return send;
  }

  /** Whether the slots that become free have bulk mail to go on with for a while. */
  synchronized boolean isSupplied() {
    return bulk.size() >= enough;
  }

  /** How many slots are in use. */
  synchronized int busy() {
    return busy;
  }
}
