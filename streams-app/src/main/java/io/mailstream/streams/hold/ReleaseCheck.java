package io.mailstream.streams.hold;

import io.mailstream.streams.throttle.Flow;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import io.mailstream.v1.SendResult;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * What is decided again for mail that comes out of the hold queue: time has passed since it was
 * accepted, so it may have expired, its recipient may have been suppressed, and another account may
 * be the right one.
 */
public interface ReleaseCheck {

  /**
   * Decides on one delivery, without a side effect.
   *
   * @param delivery the delivery, with the attempt that it is about to be
   * @param now milliseconds since the epoch
   */
  Verdict check(Delivery delivery, long now);

  /**
   * Whether the account that mail waits for takes none, and another that it may go by does. Then
   * {@link #check} sends it there.
   *
   * @param flow the mail, with the account that it waits for
   * @param now milliseconds since the epoch
   */
  default boolean isOpenElsewhere(Flow flow, Lane lane, long now) {
    return false;
  }

  /** Which accounts the sender has said to take nothing for a time. */
  @FunctionalInterface
  interface ParkedAccounts {

    /**
     * Whether an account takes no mail.
     *
     * @param now milliseconds since the epoch
     */
    boolean isParked(String account, long now);
  }

  /** What becomes of the delivery. */
  sealed interface Verdict {

    /**
     * It may be dispatched.
     *
     * @param routed the delivery with its account; the same object where the route is unchanged,
     *     which saves encoding it again
     */
    record Go(Delivery routed) implements Verdict {}

    /**
     * It ends here.
     *
     * @param result its one terminal result
     */
    record End(SendResult result) implements Verdict {}
  }

  /** Makes one check per task, with access to the stores it reads. */
  interface Factory {

    /**
     * The check of one task; its stores are open when this is called.
     *
     * @param parked which accounts take no mail of this partition, whatever else is known of them
     */
    ReleaseCheck create(ProcessorContext<String, SpecificRecord> context, ParkedAccounts parked);

    /** The stores that the check reads: the same instances that their owners hand out. */
    Set<StoreBuilder<?>> stores();
  }
}
