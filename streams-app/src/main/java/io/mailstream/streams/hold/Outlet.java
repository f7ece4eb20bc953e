package io.mailstream.streams.hold;

import io.mailstream.v1.SendResult;

/** Where deliveries go from here. */
interface Outlet {

  /** To the sender. */
  void dispatch(Held held, long now);

  /** Nowhere any more: this is its one terminal result. */
  void end(Held held, SendResult result, long now);
}
