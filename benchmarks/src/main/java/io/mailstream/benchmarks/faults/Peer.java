package io.mailstream.benchmarks.faults;

import io.mailstream.benchmarks.faults.Fault.Role;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Another way to send mail from a queue, which is hurt as the pipeline is. It keeps no history:
 * what went into it is held against what the ESP has.
 */
interface Peer extends AutoCloseable {

  /** Its name, for people. */
  String name();

  /**
   * Starts it, and returns when it works.
   *
   * @param esp where it sends, in the dialect of SES v2, with the delivery id as the email tag
   *     {@code ms_delivery_id} (32 hexadecimal digits)
   * @return what can be killed and stopped: workers as {@link Role#SENDER}, two of them, and what
   *     holds the queue as {@link Role#BROKER}
   */
  Map<Role, List<Victim>> start(String esp) throws IOException;

  /** Puts a mail into the queue, and tells when the queue has it for good. */
  void put(String deliveryId, String address, Runnable accepted) throws InterruptedException;

  /** Whether nothing is left to do. */
  boolean isIdle() throws InterruptedException;

  /** Stops all of it. */
  @Override
  void close();
}
