package io.mailstream.webhook;

import io.mailstream.webhook.provider.Nonce;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What nonces were used for, by this instance and, as far as {@link NonceTail} has read, by the
 * others and by those that ran before. Of each there are 128 bits of its id and of its body's, so
 * that a million fits into about 120 MB. Thread-safe.
 */
final class UsedNonces {

  /** What a nonce may be taken for. */
  enum Claim {
    /** It is new and now the caller's, who uses or releases it. */
    GRANTED,
    /** It was used for the same body: the ESP repeats itself. */
    REPEATED,
    /** It was used for another body: somebody else's work. */
    REPLAYED,
    /** That cannot be said now: it is in use, or not all that was used is known yet. */
    UNDECIDED
  }

  private final Map<Fingerprint, Use> uses = new ConcurrentHashMap<>();
  private volatile boolean isComplete;

  private record Fingerprint(long high, long low) {
    static Fingerprint of(String hex) {
      return new Fingerprint(
          Long.parseUnsignedLong(hex.substring(0, 16), 16),
          Long.parseUnsignedLong(hex.substring(16, 32), 16));
    }
  }

  private record Use(Fingerprint body, long expiresAt, boolean isFinished) {}

  /** Asks to use a nonce. */
  Claim claim(Nonce nonce) {
    if (!isComplete) {
      return Claim.UNDECIDED;
    }
    Use wanted = use(nonce, false);
    Use there = uses.putIfAbsent(Fingerprint.of(nonce.id()), wanted);
    if (there == null) {
      return Claim.GRANTED;
    }
    if (!there.isFinished()) {
      return Claim.UNDECIDED;
    }
    return there.body().equals(wanted.body()) ? Claim.REPEATED : Claim.REPLAYED;
  }

  /** What was claimed came to nothing: it may be claimed again. */
  void release(Nonce nonce) {
    uses.remove(Fingerprint.of(nonce.id()), use(nonce, false));
  }

  /** It was used, here or elsewhere. The first use that was finished counts. */
  void use(Nonce nonce) {
    uses.merge(
        Fingerprint.of(nonce.id()),
        use(nonce, true),
        (there, here) -> there.isFinished() ? there : here);
  }

  private static Use use(Nonce nonce, boolean isFinished) {
    return new Use(Fingerprint.of(nonce.body()), nonce.expiresAt().toEpochMilli(), isFinished);
  }

  /** Forgets what is refused for its age by now. */
  void forget(Instant now) {
    uses.values().removeIf(use -> use.expiresAt() < now.toEpochMilli());
  }

  /** Says whether all that was used before is known. */
  void setComplete(boolean complete) {
    isComplete = complete;
  }

  boolean isComplete() {
    return isComplete;
  }

  /** How many are remembered. */
  int size() {
    return uses.size();
  }
}
