package io.mailstream.streams.suppress;

import io.mailstream.policy.SuppressionRules;
import io.mailstream.policy.SuppressionRules.Reach;
import io.mailstream.policy.SuppressionRules.Reasons;
import io.mailstream.policy.SuppressionRules.Rule;
import io.mailstream.policy.SuppressionRules.SoftBounces;
import io.mailstream.store.SuppressionChange;
import io.mailstream.store.SuppressionState;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.SuppressionCommand;
import io.mailstream.v1.SuppressionEntry;
import io.mailstream.v1.SuppressionReason;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What an event or a command makes of what is known of an address. The rules say how far each
 * reason reaches and how long it lasts; a command says so itself. Where the ESP did not return the
 * tenant or stream that a rule asks for, the next wider scope holds: whoever asked for less mail
 * must not get it. Each event and command is applied once.
 *
 * @param state the new state
 * @param outcome what happened
 */
record SuppressionUpdate(SuppressionState state, Outcome outcome) {

  /** The longest remark of an ESP that is kept, in characters. */
  private static final int MAX_NOTE = 512;

  private static final Pattern ADDRESS = Pattern.compile("[^\\s<>\"',;:()]+@[^\\s<>\"',;:()]+");

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

  /** The same with addresses left out of what people and servers wrote. */
  SuppressionUpdate withoutAddresses() {
    if (state != null) {
      for (SuppressionEntry entry : state.getEntries()) {
        entry.setNote(clear(entry.getNote()));
      }
      for (SuppressionChange change : state.getChanges()) {
        change.setNote(clear(change.getNote()));
      }
    }
    return this;
  }

  private static String clear(String note) {
    return note == null ? null : ADDRESS.matcher(note).replaceAll("(address)");
  }

  /** Whether an event of this kind can bear on suppression at all: no need to read the state. */
  static boolean concerns(FeedbackEvent event) {
    return switch (event.getType()) {
      case UNSUBSCRIBED, RESUBSCRIBED -> true;
      case BOUNCED -> BounceMeaning.of(event.getBounce()) != BounceMeaning.NOTHING;
      case COMPLAINED -> !NOT_SPAM.equalsIgnoreCase(event.getComplaintType());
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
    SuppressionDraft draft =
        new SuppressionDraft(known, event.getEventId(), event.getProvider(), now);
    if (draft.isRepeat()) {
      return new SuppressionUpdate(known, Outcome.REPEATED);
    }
    Reasons reasons = rules.of(event.getTenant());
    return switch (event.getType()) {
      case BOUNCED -> bounced(draft, event, reasons, now);
      case COMPLAINED ->
          draft.suppress(entry(event, SuppressionReason.COMPLAINT, reasons.complaint(), now));
      case UNSUBSCRIBED -> draft.suppress(unsubscribed(event, reasons, now));
      case RESUBSCRIBED -> draft.resubscribe(unsubscribed(event, reasons, now));
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
    String issuer = command.getIssuedBy() == null ? "command" : command.getIssuedBy();
    SuppressionDraft draft = new SuppressionDraft(known, command.getCommandId(), issuer, now);
    if (draft.isRepeat()) {
      return new SuppressionUpdate(known, Outcome.REPEATED);
    }
    if (command.getStream() != null && command.getTenant() == null) {
      return new SuppressionUpdate(known, Outcome.INVALID);
    }
    return switch (command.getAction()) {
      case ADD -> draft.replace(entry(command, now));
      case REMOVE -> draft.remove(command);
      case ERASE -> draft.erase();
      case UNKNOWN -> new SuppressionUpdate(known, Outcome.INVALID);
    };
  }

  private static SuppressionUpdate bounced(
      SuppressionDraft draft, FeedbackEvent event, Reasons reasons, long now) {
    return switch (BounceMeaning.of(event.getBounce())) {
      case GONE ->
          draft.suppress(entry(event, SuppressionReason.HARD_BOUNCE, reasons.hardBounce(), now));
      case ESP_LIST ->
          draft.suppress(entry(event, SuppressionReason.ESP_LIST, reasons.espList(), now));
      case UNSUBSCRIBED -> draft.suppress(unsubscribed(event, reasons, now));
      case SOFT -> {
        SoftBounces soft = reasons.softBounces();
        yield draft.softBounce(
            Math.min(event.getOccurredAt().toEpochMilli(), now),
            soft,
            entry(event, SuppressionReason.REPEATED_SOFT_BOUNCE, soft.rule(), now));
      }
      case NOTHING -> new SuppressionUpdate(null, Outcome.IGNORED);
    };
  }

  private static SuppressionEntry unsubscribed(FeedbackEvent event, Reasons reasons, long now) {
    return entry(event, SuppressionReason.UNSUBSCRIBE, reasons.unsubscribe(), now);
  }

  private static SuppressionEntry entry(
      FeedbackEvent event, SuppressionReason reason, Rule rule, long now) {
    String tenant = rule.reach() == Reach.EVERYTHING ? null : event.getTenant();
    String note = event.getBounce() == null ? null : event.getBounce().getDiagnostic();
    return SuppressionEntry.newBuilder()
        .setTenant(tenant)
        .setStream(rule.reach() == Reach.STREAM && tenant != null ? event.getStream() : null)
        .setReason(reason)
        .setSourceEventId(event.getEventId())
        .setCreatedAt(Instant.ofEpochMilli(now))
        .setOccurredAt(event.getOccurredAt())
        .setExpiresAt(rule.expiresAfter().map(Instant.ofEpochMilli(now)::plus).orElse(null))
        .setNote(note == null || note.length() <= MAX_NOTE ? note : note.substring(0, MAX_NOTE))
        .build();
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
}
