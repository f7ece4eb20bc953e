package io.mailstream.streams.hold;

import java.util.Locale;

/** Why a delivery is held. */
public enum HoldReason {
  /** A scope that it is subject to has no token, or others wait there before it. */
  OVER_LIMIT(1),
  /** Its {@code send_at} is in the future. */
  SCHEDULED(2),
  /** Its next attempt is not due. */
  RETRY(3),
  /** The account it goes through takes nothing for now. */
  ACCOUNT_PARKED(4),
  /** The outcome of its last attempt is unknown, and the ESP may still tell. */
  EVIDENCE(5),
  /** Its stream is paused. */
  STREAM_PAUSED(6);

  private final byte code;

  HoldReason(int code) {
    this.code = (byte) code;
  }

  /** The reason in the store; never reused for another. */
  byte code() {
    return code;
  }

  /** The reason as the value of a metric's tag. */
  String tag() {
    return name().toLowerCase(Locale.ROOT);
  }

  static HoldReason of(byte code) {
    for (HoldReason reason : values()) {
      if (reason.code == code) {
        return reason;
      }
    }
    throw new IllegalArgumentException(
        "reason %d of a held delivery is not known to this release".formatted(code));
  }
}
