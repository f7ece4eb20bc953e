package io.mailstream.streams.reputation;

import io.mailstream.policy.ReputationRule;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What became of a stream's mail.
 *
 * @param sent deliveries given to the sender, less those that it gave back
 * @param bounced reports of permanent bounces
 * @param complained reports of complaints
 */
public record Tally(long sent, long bounced, long complained) {

  /** Nothing. */
  public static final Tally NONE = new Tally(0, 0, 0);

  Tally plus(Tally other) {
    return new Tally(sent + other.sent, bounced + other.bounced, complained + other.complained);
  }

  boolean isNothing() {
    return equals(NONE);
  }

  /** The share that bounced, 0 to 1; 0 where nothing was sent. */
  public double bounceRate() {
    return rate(bounced);
  }

  /** The share that was complained about, 0 to 1; 0 where nothing was sent. */
  public double complaintRate() {
    return rate(complained);
  }

  private double rate(long some) {
    return sent <= 0 ? 0 : Math.min(1, (double) some / sent);
  }

  /** Why the stream must be paused, for people; empty: it need not be. */
  Optional<String> judge(ReputationRule rule) {
    if (sent < rule.minMails()) {
      return Optional.empty();
    }
    return above("bounced", bounceRate(), bounced, rule.maxBounceRate(), rule)
        .or(() ->
            above(
                "were complained about",
                complaintRate(),
                complained,
                rule.maxComplaintRate(),
                rule));
  }

  private Optional<String> above(
      String what, double rate, long some, OptionalDouble most, ReputationRule rule) {
    return most.isPresent() && rate > most.getAsDouble()
        ? Optional.of(
            String.format(
                Locale.ROOT,
                "%d of %d mails of the last %s %s: %.2f %%, at most %.2f %% are allowed",
                some,
                sent,
                minutes(rule),
                what,
                rate * 100,
                most.getAsDouble() * 100))
        : Optional.empty();
  }

  private static String minutes(ReputationRule rule) {
    long minutes = rule.window().toMinutes();
    return minutes % 60 == 0 ? minutes / 60 + " h" : minutes + " min";
  }
}
