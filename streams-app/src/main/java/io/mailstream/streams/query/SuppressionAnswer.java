package io.mailstream.streams.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.mailstream.store.SuppressionChange;
import io.mailstream.store.SuppressionState;
import io.mailstream.streams.suppress.SuppressionDecision;
import io.mailstream.v1.Suppression;
import io.mailstream.v1.SuppressionEntry;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of an address, as the API says it.
 *
 * @param address the canonical address
 * @param tenant the tenant that was asked for; null: none
 * @param stream the stream that was asked for; null: none
 * @param suppressed whether mail of that tenant and stream is kept from the address; without a
 *     tenant: whether all mail is
 * @param reason why, where it is
 * @param entries all that holds now, for whatever tenant and stream
 * @param softBounces how many bounces that may pass are counted against it; null: not asked
 * @param changes its latest changes, oldest first; null: not asked
 * @param recordsBehind how many records the copy that answered may be behind; null: the owner did
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record SuppressionAnswer(
    String address,
    String tenant,
    String stream,
    boolean suppressed,
    String reason,
    List<Entry> entries,
    @JsonProperty("soft_bounces") Integer softBounces,
    List<Change> changes,
    @JsonProperty("records_behind") Long recordsBehind) {

  static SuppressionAnswer of(
      String address, String tenant, String stream, Optional<SuppressionState> state, long now) {
    return of(
        address,
        tenant,
        stream,
        state.map(SuppressionState::getEntries).orElse(List.of()),
        state.map(known -> known.getSoftBounces().size()).orElse(0),
        state.map(SuppressionState::getChanges).orElse(List.of()).stream().map(Change::of).toList(),
        now);
  }

  /** What a change led to. */
  static SuppressionAnswer of(
      String address, String tenant, String stream, Suppression suppression, long now) {
    return of(address, tenant, stream, suppression.getEntries(), null, null, now);
  }

  private static SuppressionAnswer of(
      String address,
      String tenant,
      String stream,
      List<SuppressionEntry> entries,
      Integer softBounces,
      List<Change> changes,
      long now) {
    Optional<SuppressionEntry> decisive = SuppressionDecision.find(entries, tenant, stream, now);
    return new SuppressionAnswer(
        address,
        tenant,
        stream,
        decisive.isPresent(),
        decisive.map(entry -> entry.getReason().name()).orElse(null),
        entries.stream()
            .filter(entry -> SuppressionDecision.isActive(entry, now))
            .map(Entry::of)
            .toList(),
        softBounces,
        changes,
        null);
  }

  /** What is no address: no mail goes there. */
  static SuppressionAnswer noAddress(String given) {
    return new SuppressionAnswer(
        given, null, null, true, "INVALID_ADDRESS", null, null, null, null);
  }

  /** The same without what holds and what was changed. */
  SuppressionAnswer brief() {
    return new SuppressionAnswer(
        address, tenant, stream, suppressed, reason, null, null, null, recordsBehind);
  }

  /** The same without what was changed. */
  SuppressionAnswer listed() {
    return new SuppressionAnswer(
        address, tenant, stream, suppressed, reason, entries, null, null, recordsBehind);
  }

  /** The same, from a copy. */
  SuppressionAnswer behind(OptionalLong records) {
    return new SuppressionAnswer(
        address,
        tenant,
        stream,
        suppressed,
        reason,
        entries,
        softBounces,
        changes,
        records.isPresent() ? records.getAsLong() : null);
  }

  /** How far an entry reaches: {@code everything}, {@code tenant} or {@code stream}. */
  static String scope(SuppressionEntry entry) {
    if (entry.getTenant() == null) {
      return "everything";
    }
    return entry.getStream() == null ? "tenant" : "stream";
  }

  /**
   * One reason.
   *
   * @param scope {@code everything}, {@code tenant} or {@code stream}
   * @param since when it was recorded
   * @param expires when it ends by itself; null: never
   * @param occurred when its cause happened; null: not known
   * @param sourceEvent the id of the event or command that caused it
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Entry(
      String scope,
      String tenant,
      String stream,
      String reason,
      String since,
      String expires,
      String occurred,
      @JsonProperty("source_event") String sourceEvent,
      String note) {

    static Entry of(SuppressionEntry entry) {
      return new Entry(
          SuppressionAnswer.scope(entry),
          entry.getTenant(),
          entry.getStream(),
          entry.getReason().name(),
          text(entry.getCreatedAt()),
          text(entry.getExpiresAt()),
          text(entry.getOccurredAt()),
          entry.getSourceEventId(),
          entry.getNote());
    }

    private static String text(Instant time) {
      return time == null ? null : time.toString();
    }
  }

  /**
   * One change of the entries.
   *
   * @param change {@code added}, {@code prolonged}, {@code replaced}, {@code removed} or {@code
   *     expired}
   * @param by the ESP that reported it, who asked for it, or {@code mailstream}
   * @param event the id of the event or command
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Change(
      String change,
      String at,
      String by,
      String event,
      String reason,
      String tenant,
      String stream,
      String note) {

    static Change of(SuppressionChange change) {
      return new Change(
          change.getKind().name().toLowerCase(Locale.ROOT),
          change.getAt().toString(),
          change.getBy(),
          change.getEventId(),
          change.getReason().name(),
          change.getTenant(),
          change.getStream(),
          change.getNote());
    }
  }
}
