package io.mailstream.streams.hold;

import io.mailstream.runtime.tracing.MailSpan;
import io.mailstream.runtime.tracing.TraceAttributes;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.SendResult;

/** Makes the time that a delivery waited a step of its trace; of one that did not wait, nothing. */
record TracedOutlet(Outlet outlet, Tracing tracing) implements Outlet {

  /** An outlet, traced where tracing is on. */
  static Outlet of(Outlet outlet, Tracing tracing) {
    return tracing.isOn() ? new TracedOutlet(outlet, tracing) : outlet;
  }

  @Override
  public void dispatch(Held held, long now) {
    outlet.dispatch(held.heldAt() < now ? waited(held, null, now) : held, now);
  }

  @Override
  public void end(Held held, SendResult result, long now) {
    outlet.end(
        held.heldAt() < now ? waited(held, result.getStatus().name(), now) : held, result, now);
  }

  private Held waited(Held held, String result, long now) {
    Delivery delivery = held.delivery();
    MailSpan span =
        tracing
            .hold(held.headers(), held.heldAt())
            .with(TraceAttributes.HOLD_REASON, held.reason().tag())
            .with(TraceAttributes.RESULT, result)
            .with(TraceAttributes.TENANT, delivery.getTenant())
            .with(TraceAttributes.STREAM, delivery.getStream())
            .with(TraceAttributes.DELIVERY, delivery.getDeliveryId());
    span.endedAt(now);
    return held.traced(span.on(held.headers()));
  }
}
