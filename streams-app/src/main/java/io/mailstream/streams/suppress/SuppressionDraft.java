package io.mailstream.streams.suppress;

import io.mailstream.policy.SuppressionRules;
import io.mailstream.policy.SuppressionRules.SoftBounces;
import io.mailstream.store.ChangeKind;
import io.mailstream.store.SuppressionChange;
import io.mailstream.store.SuppressionState;
import io.mailstream.streams.suppress.SuppressionUpdate.Outcome;
import io.mailstream.v1.SuppressionCommand;
import io.mailstream.v1.SuppressionEntry;
import io.mailstream.v1.SuppressionReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * The state of an address in the making: one event or command is applied to it, and what it changes
 * is written down beside it. Lists are bounded; the oldest leave.
 */
final class SuppressionDraft {

  /** How many events and commands are remembered, so that they are applied once. */
  static final int REMEMBERED = 16;

  /** How many changes are written down. */
  static final int CHANGES = 20;

  private static final String OURSELVES = "mailstream";

  private final SuppressionState known;
  private final String cause;
  private final String by;
  private final long fingerprint;
  private final Instant now;
  private final List<SuppressionEntry> entries = new ArrayList<>();
  private final List<Long> softBounces = new ArrayList<>();
  private final List<SuppressionChange> changes = new ArrayList<>();

  /**
   * A draft of what is known.
   *
   * @param known null: nothing
   * @param cause the id of the event or command
   * @param by who is behind it
   * @param now milliseconds since the epoch
   */
  SuppressionDraft(SuppressionState known, String cause, String by, long now) {
    this.known = known;
    this.cause = cause;
    this.by = by;
    this.fingerprint = Fingerprint.of(cause);
    this.now = Instant.ofEpochMilli(now);
    if (known != null) {
      softBounces.addAll(known.getSoftBounces());
      changes.addAll(known.getChanges());
      for (SuppressionEntry entry : known.getEntries()) {
        if (SuppressionDecision.isActive(entry, now)) {
          entries.add(entry);
        } else {
          note(
              ChangeKind.EXPIRED,
              entry,
              OURSELVES,
              entry.getSourceEventId(),
              entry.getExpiresAt(),
              null);
        }
      }
    }
  }

  boolean isRepeat() {
    return known != null && known.getApplied().contains(fingerprint);
  }

  /** Adds the entry, or lets the one that is there last at least as long. */
  SuppressionUpdate suppress(SuppressionEntry wanted) {
    for (int i = 0; i < entries.size(); i++) {
      SuppressionEntry there = entries.get(i);
      if (isSame(there, wanted)) {
        if (!endsLater(wanted, there)) {
          return finish(Outcome.UNCHANGED);
        }
        entries.set(
            i, SuppressionEntry.newBuilder(there).setExpiresAt(wanted.getExpiresAt()).build());
        // One line for a row of them: they would push out what tells more.
        if (!changes.isEmpty() && prolongs(changes.getLast(), there)) {
          changes.removeLast();
        }
        note(ChangeKind.PROLONGED, there, null);
        return finish(Outcome.CHANGED);
      }
    }
    entries.add(wanted);
    note(ChangeKind.ADDED, wanted, null);
    return finish(Outcome.CHANGED);
  }

  /** Puts the entry in the place of what is there of its scope and reason. */
  SuppressionUpdate replace(SuppressionEntry wanted) {
    boolean replaced = entries.removeIf(there -> isSame(there, wanted));
    entries.add(wanted);
    note(replaced ? ChangeKind.REPLACED : ChangeKind.ADDED, wanted, wanted.getNote());
    return finish(Outcome.CHANGED);
  }

  /** Takes away the entries of a scope; bounces counted so far do not count against it again. */
  SuppressionUpdate remove(SuppressionCommand command) {
    if (command.getReason() == null
        || command.getReason() == SuppressionReason.REPEATED_SOFT_BOUNCE) {
      softBounces.clear();
    }
    return removeIf(
        there ->
            Objects.equals(there.getTenant(), command.getTenant())
                && Objects.equals(there.getStream(), command.getStream())
                && (command.getReason() == null || command.getReason() == there.getReason()),
        command.getNote());
  }

  /**
   * Takes away all but that, how far and how long the address gets no mail; where nothing keeps
   * mail from it, nothing is left.
   */
  SuppressionUpdate erase() {
    if (entries.isEmpty()) {
      return new SuppressionUpdate(null, Outcome.CHANGED);
    }
    List<SuppressionEntry> bare =
        entries.stream()
            .map(entry ->
                SuppressionEntry.newBuilder(entry)
                    .setSourceEventId(cause)
                    .setOccurredAt(null)
                    .setNote(null)
                    .build())
            .toList();
    return new SuppressionUpdate(
        SuppressionState.newBuilder().setEntries(bare).setApplied(List.of(fingerprint)).build(),
        Outcome.CHANGED);
  }

  /**
   * Takes away an unsubscribe; one that happened later stays, for events come out of order.
   *
   * @param unsubscribe the entry as the event would have made it
   */
  SuppressionUpdate resubscribe(SuppressionEntry unsubscribe) {
    return removeIf(
        there ->
            isSame(there, unsubscribe)
                && (there.getOccurredAt() == null
                    || !there.getOccurredAt().isAfter(unsubscribe.getOccurredAt())),
        null);
  }

  /**
   * Counts a bounce that may pass; when there are enough within the time before the latest, they
   * become a reason and are not counted again.
   *
   * @param at when it happened, in milliseconds since the epoch
   */
  SuppressionUpdate softBounce(long at, SoftBounces rule, SuppressionEntry wanted) {
    int place = Collections.binarySearch(softBounces, at);
    softBounces.add(place < 0 ? -place - 1 : place, at);
    if (softBounces.size() > SuppressionRules.MAX_SOFT_BOUNCES) {
      softBounces.removeFirst();
    }
    long oldest = softBounces.getLast() - rule.within().toMillis();
    long counted = softBounces.stream().filter(time -> time > oldest).count();
    if (rule.count() == 0 || counted < rule.count()) {
      return finish(Outcome.COUNTED);
    }
    softBounces.clear();
    return suppress(wanted);
  }

  private SuppressionUpdate removeIf(Predicate<SuppressionEntry> isMeant, String note) {
    List<SuppressionEntry> meant = entries.stream().filter(isMeant).toList();
    entries.removeAll(meant);
    meant.forEach(entry -> note(ChangeKind.REMOVED, entry, note));
    return finish(meant.isEmpty() ? Outcome.UNCHANGED : Outcome.CHANGED);
  }

  private void note(ChangeKind kind, SuppressionEntry entry, String note) {
    note(kind, entry, by, cause, now, note);
  }

  private void note(
      ChangeKind kind, SuppressionEntry entry, String who, String event, Instant at, String note) {
    changes.add(
        SuppressionChange.newBuilder()
            .setKind(kind)
            .setReason(entry.getReason())
            .setTenant(entry.getTenant())
            .setStream(entry.getStream())
            .setBy(who)
            .setEventId(event)
            .setAt(at)
            .setNote(note)
            .build());
  }

  private SuppressionUpdate finish(Outcome outcome) {
    List<Long> applied = new ArrayList<>(REMEMBERED);
    if (known != null) {
      applied.addAll(latest(known.getApplied(), REMEMBERED - 1));
    }
    applied.add(fingerprint);
    return new SuppressionUpdate(
        SuppressionState.newBuilder()
            .setEntries(entries)
            .setSoftBounces(softBounces)
            .setApplied(applied)
            .setChanges(latest(changes, CHANGES))
            .build(),
        outcome);
  }

  private static <T> List<T> latest(List<T> all, int count) {
    return all.subList(Math.max(0, all.size() - count), all.size());
  }

  private static boolean prolongs(SuppressionChange change, SuppressionEntry entry) {
    return change.getKind() == ChangeKind.PROLONGED
        && change.getReason() == entry.getReason()
        && Objects.equals(change.getTenant(), entry.getTenant())
        && Objects.equals(change.getStream(), entry.getStream());
  }

  private static boolean isSame(SuppressionEntry a, SuppressionEntry b) {
    return a.getReason() == b.getReason()
        && Objects.equals(a.getTenant(), b.getTenant())
        && Objects.equals(a.getStream(), b.getStream());
  }

  private static boolean endsLater(SuppressionEntry a, SuppressionEntry b) {
    return b.getExpiresAt() != null
        && (a.getExpiresAt() == null || a.getExpiresAt().isAfter(b.getExpiresAt()));
  }
}
