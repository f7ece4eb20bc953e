package io.mailstream.streams.result;

import io.mailstream.v1.FeedbackEvent;
import java.util.Optional;

/** What an ESP's event proves about a send whose outcome is not known. */
public enum Evidence {
  /** The ESP took the mail. */
  SENT,
  /** The ESP refused the mail after all. */
  FAILED;

  /** What an event proves; empty: nothing. */
  public static Optional<Evidence> of(FeedbackEvent event) {
    return switch (event.getType()) {
      case SENT, DELIVERED, BOUNCED, COMPLAINED, OPENED, CLICKED -> Optional.of(SENT);
      case REJECTED, RENDERING_FAILED -> Optional.of(FAILED);
      case UNKNOWN, DELAYED, UNSUBSCRIBED, RESUBSCRIBED -> Optional.empty();
    };
  }
}
