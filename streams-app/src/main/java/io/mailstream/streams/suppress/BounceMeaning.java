package io.mailstream.streams.suppress;

import io.mailstream.v1.Bounce;
import io.mailstream.v1.BounceClass;

/**
 * What a bounce says about an address. Only what is about the address counts: that a mail looked
 * like spam, that a server does not like the sender or cannot be reached would befall every address
 * there, and the next mail may pass. docs/esp/bounces.md has the table for people.
 */
enum BounceMeaning {
  /** The address takes no mail, and will not. */
  GONE,
  /** The address took no mail this time. */
  SOFT,
  /** The ESP's own list has the address. */
  ESP_LIST,
  /** The recipient asked for no more mail. */
  UNSUBSCRIBED,
  /** Nothing. */
  NOTHING;

  /** The meaning; null: nothing is known of the bounce but that it happened. */
  static BounceMeaning of(Bounce bounce) {
    if (bounce == null) {
      return SOFT;
    }
    boolean lasts = bounce.getBounceClass() == BounceClass.PERMANENT;
    return switch (bounce.getCategory()) {
      case UNSUBSCRIBED -> UNSUBSCRIBED;
      case ESP_SUPPRESSED -> lasts ? ESP_LIST : SOFT;
      case UNKNOWN, GENERAL, INVALID_RECIPIENT, BAD_DOMAIN, INACTIVE_MAILBOX -> lasts ? GONE : SOFT;
      case MAILBOX_FULL -> SOFT;
      case MESSAGE_TOO_LARGE,
          CONTENT_REJECTED,
          ATTACHMENT_REJECTED,
          SPAM_CONTENT,
          REPUTATION,
          AUTHENTICATION,
          POLICY,
          GREYLISTED,
          RATE_LIMITED,
          TIMEOUT,
          CONNECTION,
          PROTOCOL ->
          NOTHING;
    };
  }
}
