package io.mailstream.sender.provider.mandrill;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.SendOutcome.Accepted;
import io.mailstream.sender.provider.common.Refusals;
import io.mailstream.sender.provider.http.HttpRefusals;
import io.mailstream.sender.provider.http.HttpReply;
import io.mailstream.v1.ReasonCode;
import java.time.Instant;

/**
 * What Mandrill's answers mean: success is a list with one entry per recipient, whose status may
 * still be a refusal; an error is {@code {"status":"error", "code", "name", "message"}}, most often
 * with status 500, whatever it is about. So the name is what counts.
 */
final class MandrillErrors {

  private final HttpRefusals refusals = new HttpRefusals(MandrillApi.NAME);

  SendOutcome outcome(HttpReply.Answer answer, Instant now) {
    JsonNode json = answer.json();
    if (json.path("status").asText("").equals("error")) {
      return error(answer, json.path("name").asText(""), json.path("message").asText(""), now);
    }
    if (!answer.isSuccess()) {
      return refusals.byStatus(answer, "", now);
    }
    // One recipient was asked for: any other number is no answer to that.
    return json.size() == 1 && json.path(0).isObject()
        ? entry(answer, json.path(0), now)
        : HttpRefusals.unreadable(MandrillApi.NAME, answer);
  }

  private SendOutcome entry(HttpReply.Answer answer, JsonNode entry, Instant now) {
    String id = entry.path("_id").asText("");
    String reason = entry.path("reject_reason").asText("");
    return switch (entry.path("status").asText("")) {
      case "sent", "queued", "scheduled" ->
          id.isBlank() ? HttpRefusals.unreadable(MandrillApi.NAME, answer) : new Accepted(id);
      case "rejected" -> rejected(answer, reason, now);
      case "invalid" ->
          refusals
              .outcomes()
              .rejected(
                  ReasonCode.INVALID_ADDRESS,
                  "the recipient's address was found invalid" + answer.quote(reason));
      default -> HttpRefusals.unreadable(MandrillApi.NAME, answer);
    };
  }

  private SendOutcome rejected(HttpReply.Answer answer, String reason, Instant now) {
    Refusals outcomes = refusals.outcomes();
    return switch (reason) {
      case "hard-bounce", "soft-bounce", "spam", "unsub", "custom" ->
          outcomes.rejected(
              ReasonCode.SUPPRESSED,
              "the recipient is on the rejection denylist there" + answer.quote(reason));
      case "invalid" ->
          outcomes.rejected(
              ReasonCode.INVALID_ADDRESS,
              "the recipient's address was found invalid" + answer.quote(reason));
      case "invalid-sender", "unsigned" ->
          outcomes.identity(
              refusals.parkedUntil(answer, now),
              "the From domain is not verified or not signed there: mend its DNS records"
                  + answer.quote(reason));
      case "test-mode-limit" ->
          outcomes.account(refusals.quotaUntil(answer, now), "the test mode's limit is used up");
      default ->
          outcomes.rejected(
              ReasonCode.ESP_REJECTED, "the message was refused" + answer.quote(reason));
    };
  }

  private SendOutcome error(HttpReply.Answer answer, String name, String message, Instant now) {
    Refusals outcomes = refusals.outcomes();
    String quoted = answer.quote(name + ", " + message);
    return switch (name) {
      case "Invalid_Key" -> refusals.credentials(answer, now);
      case "PaymentRequired" ->
          outcomes.account(refusals.quotaUntil(answer, now), "the account must be paid for");
      case "Unknown_Subaccount" ->
          outcomes.account(
              refusals.parkedUntil(answer, now), "there is no such subaccount: correct it");
      case "ValidationError", "Invalid_Message" ->
          outcomes.rejected(ReasonCode.ESP_REJECTED, "the message was refused" + quoted);
      default ->
          answer.status() == 429
              ? outcomes.throttled(answer.retryAfter(now), quoted)
              : outcomes.failed(answer.retryAfter(now), quoted);
    };
  }
}
