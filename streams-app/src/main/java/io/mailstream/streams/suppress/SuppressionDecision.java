package io.mailstream.streams.suppress;

import io.mailstream.store.SuppressionState;
import io.mailstream.v1.Suppression;
import io.mailstream.v1.SuppressionEntry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Whether mail of one stream of one tenant may go to an address.
 *
 * <p>An entry without a tenant holds for all mail, one without a stream for all mail of its tenant.
 * Where several entries hold, the one that reaches furthest is named.
 */
public final class SuppressionDecision {

  private SuppressionDecision() {}

  /**
   * What keeps the mail from the address.
   *
   * @param entries what is known of the address
   * @param tenant the tenant; null: only what holds for every tenant counts
   * @param stream the stream; null: only what holds for every stream counts
   * @param now milliseconds since the epoch
   * @return empty: the mail may go
   */
  public static Optional<SuppressionEntry> find(
      List<SuppressionEntry> entries, String tenant, String stream, long now) {
    SuppressionEntry found = null;
    for (SuppressionEntry entry : entries) {
      if (covers(entry, tenant, stream)
          && isActive(entry, now)
          && (found == null || reach(entry) > reach(found))) {
        found = entry;
      }
    }
    return Optional.ofNullable(found);
  }

  /** As {@link #find(List, String, String, long)}; null: nothing is known of the address. */
  public static Optional<SuppressionEntry> find(
      SuppressionState state, String tenant, String stream, long now) {
    return state == null ? Optional.empty() : find(state.getEntries(), tenant, stream, now);
  }

  /** As {@link #find(List, String, String, long)}; null: nothing is known of the address. */
  public static Optional<SuppressionEntry> find(
      Suppression suppression, String tenant, String stream, long now) {
    return suppression == null
        ? Optional.empty()
        : find(suppression.getEntries(), tenant, stream, now);
  }

  /** Whether an entry has not ended by itself; {@code now} in milliseconds since the epoch. */
  public static boolean isActive(SuppressionEntry entry, long now) {
    Instant end = entry.getExpiresAt();
    return end == null || now < end.toEpochMilli();
  }

  /**
   * The detail of a result that ends here, for people. It does not repeat the address, nor the
   * entry's note, which may carry it.
   */
  public static String describe(SuppressionEntry entry) {
    return ("the recipient is suppressed for %s: %s since %s, %s (source %s);"
            + " remove the entry to send again")
        .formatted(
            scope(entry),
            entry.getReason(),
            entry.getCreatedAt(),
            entry.getExpiresAt() == null ? "without end" : "until " + entry.getExpiresAt(),
            entry.getSourceEventId());
  }

  private static String scope(SuppressionEntry entry) {
    if (entry.getTenant() == null) {
      return "every tenant";
    }
    return entry.getStream() == null
        ? "tenant '%s'".formatted(entry.getTenant())
        : "stream '%s' of tenant '%s'".formatted(entry.getStream(), entry.getTenant());
  }

  private static boolean covers(SuppressionEntry entry, String tenant, String stream) {
    if (entry.getTenant() == null) {
      return true;
    }
    return entry.getTenant().equals(tenant)
        && (entry.getStream() == null || entry.getStream().equals(stream));
  }

  private static int reach(SuppressionEntry entry) {
    if (entry.getTenant() == null) {
      return 2;
    }
    return entry.getStream() == null ? 1 : 0;
  }
}
