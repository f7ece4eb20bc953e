package io.mailstream.streams.result;

import io.mailstream.v1.FeedbackType;
import java.util.Optional;

/** What an ESP's event proves about a send whose outcome is not known. */
public enum Evidence {
  /** The ESP took the mail. */
  SENT,
  /** The ESP refused the mail after all. */
  FAILED;

  /** What an event of a type proves; empty: nothing. */
  public static Optional<Evidence> of(FeedbackType type) {
    return switch (type) {
      case SENT, DELIVERED, BOUNCED, COMPLAINED, OPENED, CLICKED -> Optional.of(SENT);
      case REJECTED, RENDERING_FAILED -> Optional.of(FAILED);
      case UNKNOWN, DELAYED, UNSUBSCRIBED, RESUBSCRIBED -> Optional.empty();
    };
  }
}
