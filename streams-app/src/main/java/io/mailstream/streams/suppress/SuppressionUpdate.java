package io.mailstream.streams.suppress;

import io.mailstream.policy.SuppressionRules;
import io.mailstream.store.SuppressionState;
import io.mailstream.v1.Bounce;
import io.mailstream.v1.BounceClass;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.SuppressionCommand;
import io.mailstream.v1.SuppressionEntry;
import io.mailstream.v1.SuppressionReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What an event or a command makes of what is known of an address.
 *
 * <p>Permanent bounces and complaints hold for every tenant: the mailbox is the same whoever
 * writes, and the ESP's own list, which the tenants of an account share, reaches as far. An
 * unsubscribe holds for the stream it came from; where the ESP did not return tenant or stream it
 * holds for the next wider scope that is known, because a person who asked for less mail must not
 * get it. Each event and command is applied once.
 *
 * @param state the new state
 * @param outcome what happened
 */
record SuppressionUpdate(SuppressionState state, Outcome outcome) {

  /** How many events and commands are remembered for each address. */
  static final int REMEMBERED = 16;

  private static final String NOT_SPAM = "not-spam";

  enum Outcome {
    /** The entries changed. */
    CHANGED,
    /** A bounce that may pass was counted; the entries are as they were. */
    COUNTED,
    /** It was applied, and what it asks for was already so. */
    UNCHANGED,
    /** It was applied before. */
    REPEATED,
    /** The command cannot be carried out as it stands. */
    INVALID,
    /** It does not bear on suppression. */
    IGNORED;

    /** Whether it left a trace in the state. */
    boolean isApplied() {
      return this == CHANGED || this == COUNTED || this == UNCHANGED;
    }

    /** As a metric's tag. */
    String tag() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether an event of this kind can bear on suppression at all: no need to read the state. */
  static boolean concerns(FeedbackEvent event) {
    return switch (event.getType()) {
      case BOUNCED, UNSUBSCRIBED, RESUBSCRIBED -> true;
      case COMPLAINED -> !isNotSpam(event);
      case UNKNOWN, SENT, DELIVERED, DELAYED, REJECTED, OPENED, CLICKED, RENDERING_FAILED -> false;
    };
  }

  /**
   * Applies an event.
   *
   * @param known what is known of the address; null: nothing
   * @param now milliseconds since the epoch
   */
  static SuppressionUpdate of(
      SuppressionState known, FeedbackEvent event, SuppressionRules rules, long now) {
    if (!concerns(event)) {
      return new SuppressionUpdate(known, Outcome.IGNORED);
    }
    Draft draft = new Draft(known, event.getEventId(), now);
    if (draft.isRepeat()) {
      return new SuppressionUpdate(known, Outcome.REPEATED);
    }
    return switch (event.getType()) {
      case BOUNCED -> bounced(draft, event, rules);
      case COMPLAINED ->
          draft.suppress(
              everything(event, SuppressionReason.COMPLAINT, rules.complaintExpiresAfter(), now));
      case UNSUBSCRIBED -> draft.suppress(unsubscribed(event, now));
      case RESUBSCRIBED -> draft.resubscribe(event);
      default -> new SuppressionUpdate(known, Outcome.IGNORED);
    };
  }

  /**
   * Applies a command.
   *
   * @param known what is known of the address; null: nothing
   * @param now milliseconds since the epoch
   */
  static SuppressionUpdate of(SuppressionState known, SuppressionCommand command, long now) {
    Draft draft = new Draft(known, command.getCommandId(), now);
    if (draft.isRepeat()) {
      return new SuppressionUpdate(known, Outcome.REPEATED);
    }
    if (command.getStream() != null && command.getTenant() == null) {
      return draft.invalid();
    }
    return switch (command.getAction()) {
      case ADD -> draft.replace(entry(command, now));
      case REMOVE -> draft.remove(command);
      case UNKNOWN -> draft.invalid();
    };
  }

  private static SuppressionUpdate bounced(
      Draft draft, FeedbackEvent event, SuppressionRules rules) {
    Bounce bounce = event.getBounce();
    if (bounce == null || bounce.getBounceClass() != BounceClass.PERMANENT) {
      return draft.countSoftBounce();
    }
    return draft.suppress(
        switch (bounce.getCategory()) {
          case ESP_SUPPRESSED ->
              everything(event, SuppressionReason.ESP_LIST, rules.espListExpiresAfter(), draft.now);
          case UNSUBSCRIBED -> unsubscribed(event, draft.now);
          case UNKNOWN,
              GENERAL,
              INVALID_RECIPIENT,
              MAILBOX_FULL,
              MESSAGE_TOO_LARGE,
              CONTENT_REJECTED,
              ATTACHMENT_REJECTED,
              TIMEOUT,
              BAD_DOMAIN,
              INACTIVE_MAILBOX,
              POLICY,
              SPAM_CONTENT,
              REPUTATION,
              GREYLISTED,
              RATE_LIMITED,
              AUTHENTICATION,
              CONNECTION,
              PROTOCOL ->
              everything(
                  event, SuppressionReason.HARD_BOUNCE, rules.hardBounceExpiresAfter(), draft.now);
        });
  }

  private static boolean isNotSpam(FeedbackEvent event) {
    return NOT_SPAM.equalsIgnoreCase(event.getComplaintType());
  }

  private static SuppressionEntry everything(
      FeedbackEvent event, SuppressionReason reason, Optional<Duration> expiresAfter, long now) {
    return entry(event, reason, now)
        .setExpiresAt(expiresAfter.map(Instant.ofEpochMilli(now)::plus).orElse(null))
        .build();
  }

  private static SuppressionEntry unsubscribed(FeedbackEvent event, long now) {
    return entry(event, SuppressionReason.UNSUBSCRIBE, now)
        .setTenant(event.getTenant())
        .setStream(event.getTenant() == null ? null : event.getStream())
        .build();
  }

  private static SuppressionEntry.Builder entry(
      FeedbackEvent event, SuppressionReason reason, long now) {
    return SuppressionEntry.newBuilder()
        .setReason(reason)
        .setSourceEventId(event.getEventId())
        .setCreatedAt(Instant.ofEpochMilli(now))
        .setOccurredAt(event.getOccurredAt())
        .setNote(event.getBounce() == null ? null : event.getBounce().getDiagnostic());
  }

  private static SuppressionEntry entry(SuppressionCommand command, long now) {
    return SuppressionEntry.newBuilder()
        .setTenant(command.getTenant())
        .setStream(command.getStream())
        .setReason(command.getReason() == null ? SuppressionReason.MANUAL : command.getReason())
        .setSourceEventId(command.getCommandId())
        .setCreatedAt(Instant.ofEpochMilli(now))
        .setOccurredAt(command.getIssuedAt())
        .setExpiresAt(command.getExpiresAt())
        .setNote(command.getNote())
        .build();
  }

  /** The state in the making. */
  private static final class Draft {
    private final SuppressionState known;
    private final long fingerprint;
    private final long now;
    private final List<SuppressionEntry> entries = new ArrayList<>();
    private int softBounces;
    private Instant lastSoftBounceAt;

    Draft(SuppressionState known, String cause, long now) {
      this.known = known;
      this.fingerprint = Fingerprint.of(cause);
      this.now = now;
      if (known != null) {
        known.getEntries().stream()
            .filter(entry -> SuppressionDecision.isActive(entry, now))
            .forEach(entries::add);
        softBounces = known.getSoftBounces();
        lastSoftBounceAt = known.getLastSoftBounceAt();
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
          return finish(Outcome.CHANGED);
        }
      }
      entries.add(wanted);
      return finish(Outcome.CHANGED);
    }

    SuppressionUpdate replace(SuppressionEntry wanted) {
      entries.removeIf(there -> isSame(there, wanted));
      entries.add(wanted);
      return finish(Outcome.CHANGED);
    }

    SuppressionUpdate remove(SuppressionCommand command) {
      boolean removed =
          entries.removeIf(there ->
              equal(there.getTenant(), command.getTenant())
                  && equal(there.getStream(), command.getStream())
                  && (command.getReason() == null || command.getReason() == there.getReason()));
      return finish(removed ? Outcome.CHANGED : Outcome.UNCHANGED);
    }

    /** Events come out of order: an unsubscribe that happened after the event stays. */
    SuppressionUpdate resubscribe(FeedbackEvent event) {
      SuppressionEntry scope = unsubscribed(event, now);
      boolean removed =
          entries.removeIf(there ->
              isSame(there, scope)
                  && (there.getOccurredAt() == null
                      || !there.getOccurredAt().isAfter(event.getOccurredAt())));
      return finish(removed ? Outcome.CHANGED : Outcome.UNCHANGED);
    }

    SuppressionUpdate countSoftBounce() {
      softBounces++;
      lastSoftBounceAt = Instant.ofEpochMilli(now);
      return finish(Outcome.COUNTED);
    }

    SuppressionUpdate invalid() {
      return new SuppressionUpdate(known, Outcome.INVALID);
    }

    private SuppressionUpdate finish(Outcome outcome) {
      List<Long> applied = new ArrayList<>(REMEMBERED);
      if (known != null) {
        List<Long> before = known.getApplied();
        applied.addAll(before.subList(Math.max(0, before.size() - REMEMBERED + 1), before.size()));
      }
      applied.add(fingerprint);
      return new SuppressionUpdate(
          SuppressionState.newBuilder()
              .setEntries(entries)
              .setSoftBounces(softBounces)
              .setLastSoftBounceAt(lastSoftBounceAt)
              .setApplied(applied)
              .build(),
          outcome);
    }

    private static boolean isSame(SuppressionEntry a, SuppressionEntry b) {
      return a.getReason() == b.getReason()
          && equal(a.getTenant(), b.getTenant())
          && equal(a.getStream(), b.getStream());
    }

    private static boolean equal(String a, String b) {
      return a == null ? b == null : a.equals(b);
    }

    private static boolean endsLater(SuppressionEntry a, SuppressionEntry b) {
      return b.getExpiresAt() != null
          && (a.getExpiresAt() == null || a.getExpiresAt().isAfter(b.getExpiresAt()));
    }
  }
}
