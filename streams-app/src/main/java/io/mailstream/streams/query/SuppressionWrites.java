package io.mailstream.streams.query;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.helidon.http.BadRequestException;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.mailstream.runtime.http.BearerAuth;
import io.mailstream.runtime.http.Problem;
import io.mailstream.schemas.RecipientHash;
import io.mailstream.streams.query.Answers.Answer;
import io.mailstream.streams.query.SuppressionWriter.Outcome;
import io.mailstream.v1.CommandAction;
import io.mailstream.v1.SuppressionCommand;
import io.mailstream.v1.SuppressionReason;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * {@code PUT} and {@code DELETE /v1/suppressions/{address}?tenant=&stream=}: puts an entry of that
 * scope on the list, or takes those of that scope off it, and answers when it holds.
 */
final class SuppressionWrites {

  private static final int MAX_NOTE = 256;
  private static final String PUT_RULE =
      "a JSON object with reason, expires_at and note, or nothing";

  private final SuppressionWriter writer;
  private final BearerAuth auth;
  private final RecipientHash hash;
  private final InstantSource clock;
  private final Answers answers;

  SuppressionWrites(
      SuppressionWriter writer,
      BearerAuth auth,
      RecipientHash hash,
      InstantSource clock,
      MeterRegistry meters) {
    this.writer = writer;
    this.auth = auth;
    this.hash = hash;
    this.clock = clock;
    this.answers = new Answers("suppression-write", meters);
  }

  /**
   * The body of a PUT.
   *
   * @param reason null: MANUAL
   * @param expiresAt null: never
   * @param note a remark for people; null: none
   */
  record Entry(String reason, @JsonProperty("expires_at") String expiresAt, String note) {
    static final Entry USUAL = new Entry(null, null, null);
  }

  void register(HttpRouting.Builder routes) {
    routes.put("/v1/suppressions/{+address}", auth.writing(), answers.handler(this::put));
    routes.delete("/v1/suppressions/{+address}", auth.writing(), answers.handler(this::delete));
    routes.delete("/v1/recipients/{+address}", auth.writing(), answers.handler(this::erase));
  }

  private void put(ServerRequest request, ServerResponse response) {
    Target target = Target.of(request);
    Entry entry = Answers.body(request, Entry.class, Entry.USUAL, PUT_RULE);
    SuppressionReason reason = reason(entry.reason());
    write(
        command(request, target, CommandAction.ADD, entry.note())
            .setReason(reason == null ? SuppressionReason.MANUAL : reason)
            .setExpiresAt(end(entry.expiresAt()))
            .build(),
        target,
        response);
  }

  private void delete(ServerRequest request, ServerResponse response) {
    Target target = Target.of(request);
    SuppressionReason reason = reason(Target.parameter(request, "reason"));
    write(
        command(request, target, CommandAction.REMOVE, Target.parameter(request, "note"))
            .setReason(reason)
            .build(),
        target,
        response);
  }

  /** Takes away what is known of a person but that it must get no mail. */
  private void erase(ServerRequest request, ServerResponse response) {
    Target target = new Target(Target.of(request).key(), null, null);
    SuppressionCommand command = command(request, target, CommandAction.ERASE, null).build();
    Outcome outcome = writer.write(command);
    answers.count("erase_" + outcome.getClass().getSimpleName().toLowerCase(Locale.ROOT));
    Answers.send(
        response,
        outcome instanceof Outcome.Visible(var suppression)
            ? Answer.json(
                200,
                new Erased(
                    target.key(),
                    suppression.getEntries().isEmpty()
                        ? "nothing"
                        : hash.writesHashes() ? "hash" : "address",
                    suppression.getEntries().stream().map(SuppressionAnswer.Entry::of).toList()))
            : answer(outcome, command.getCommandId(), target, clock.millis()));
  }

  /**
   * What is left in the suppression list.
   *
   * @param kept {@code nothing}, the keyed {@code hash} of the address, or the {@code address}
   * @param entries what keeps mail from it
   */
  record Erased(String address, String kept, List<SuppressionAnswer.Entry> entries) {}

  private SuppressionCommand.Builder command(
      ServerRequest request, Target target, CommandAction action, String note) {
    if (note != null && note.length() > MAX_NOTE) {
      throw new BadRequestException("note has at most 256 characters");
    }
    return SuppressionCommand.newBuilder()
        .setCommandId("api-" + UUID.randomUUID())
        .setAction(action)
        .setAddress(target.key())
        .setTenant(target.tenant())
        .setStream(target.stream())
        .setNote(note)
        .setIssuedBy(auth.caller(request))
        .setIssuedAt(clock.instant());
  }

  private void write(SuppressionCommand command, Target target, ServerResponse response) {
    Outcome outcome = writer.write(command);
    answers.count(
        switch (outcome) {
          case Outcome.Visible visible -> "visible";
          case Outcome.Accepted accepted -> "accepted";
          case Outcome.Unknown unknown -> "unknown";
          case Outcome.NotWritten notWritten -> "not_written";
        });
    Answers.send(response, answer(outcome, command.getCommandId(), target, clock.millis()));
  }

  /** The answer; {@code now} in milliseconds since the epoch. */
  static Answer answer(Outcome outcome, String command, Target target, long now) {
    return switch (outcome) {
      case Outcome.Visible(var suppression) ->
          Answer.json(
              200,
              SuppressionAnswer.of(
                  target.key(), target.tenant(), target.stream(), suppression, now));
      case Outcome.Accepted accepted ->
          Answer.json(
              202,
              Map.of(
                  "status",
                  "accepted",
                  "command",
                  command,
                  "detail",
                  "Kafka has it and it will be done, but it is not visible yet: ask for the"
                      + " address again in a while"));
      case Outcome.Unknown(String why) ->
          Answer.problem(
              Problem.of(504, why + "; it may be done yet: send it again, which does no harm"));
      case Outcome.NotWritten(String why) -> Answer.notReady("nothing was changed: " + why);
    };
  }

  private Instant end(String text) {
    if (text == null) {
      return null;
    }
    try {
      Instant end = Instant.parse(text);
      if (end.isAfter(clock.instant())) {
        return Instant.ofEpochMilli(end.toEpochMilli());
      }
    } catch (DateTimeException | ArithmeticException e) {
      // Told below, with the same rule.
    }
    throw new BadRequestException(
        "expires_at must be a time to come, such as 2030-01-31T00:00:00Z; leave it out for never");
  }

  static SuppressionReason reason(String text) {
    if (text == null) {
      return null;
    }
    for (SuppressionReason reason : SuppressionReason.values()) {
      if (reason != SuppressionReason.UNKNOWN && reason.name().equals(text)) {
        return reason;
      }
    }
    throw new BadRequestException(
        "reason must be HARD_BOUNCE, REPEATED_SOFT_BOUNCE, COMPLAINT, UNSUBSCRIBE, MANUAL or"
            + " ESP_LIST");
  }
}
