package io.mailstream.sender.provider.postmark;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.SendOutcome.Accepted;
import io.mailstream.sender.provider.http.HttpRefusals;
import io.mailstream.sender.provider.http.HttpReply;
import io.mailstream.v1.ReasonCode;
import java.time.Instant;
import java.util.Locale;

/**
 * What Postmark's answers mean: {@code {"ErrorCode", "Message"}}, with status 422 for most errors,
 * and now and then with 200. The code is what counts.
 */
final class PostmarkErrors {

  private final HttpRefusals refusals = new HttpRefusals(PostmarkApi.NAME);

  SendOutcome outcome(HttpReply.Answer answer, Instant now) {
    JsonNode json = answer.json();
    int code = json.path("ErrorCode").asInt(0);
    String text = json.path("Message").asText("");
    if (code != 0) {
      return byCode(answer, code, text, now);
    }
    if (answer.isSuccess()) {
      String id = json.path("MessageID").asText("");
      return id.isBlank() ? HttpRefusals.unreadable(PostmarkApi.NAME, answer) : new Accepted(id);
    }
    return refusals.byStatus(answer, text, now);
  }

  private SendOutcome byCode(HttpReply.Answer answer, int code, String text, Instant now) {
    String quoted = answer.quote("error " + code + ", " + text);
    Instant parked = refusals.parkedUntil(answer, now);
    return switch (code) {
      case 10 -> refusals.credentials(answer, now);
      case 100 -> refusals.outcomes().failed(answer.retryAfter(now), quoted);
      case 400, 401 ->
          refusals
              .outcomes()
              .identity(parked, "the From address has no confirmed sender signature" + quoted);
      case 405 ->
          refusals
              .outcomes()
              .account(refusals.quotaUntil(answer, now), "the account's credits are used up");
      case 406 ->
          refusals
              .outcomes()
              .rejected(
                  ReasonCode.SUPPRESSED,
                  "the recipient is inactive there after a bounce or a complaint: reactivate it"
                      + " in Postmark if that is mended");
      case 412, 413 ->
          refusals
              .outcomes()
              .account(parked, "the account may not send, or not to everyone, yet" + quoted);
      case 429 -> refusals.outcomes().throttled(answer.retryAfter(now), quoted);
      default ->
          text.toLowerCase(Locale.ROOT).contains("messagestream")
              ? refusals
                  .outcomes()
                  .account(parked, "there is no such message stream: correct it" + quoted)
              : refused(answer, code, text, quoted, now);
    };
  }

  private SendOutcome refused(
      HttpReply.Answer answer, int code, String text, String quoted, Instant now) {
    boolean permanent = answer.isSuccess() || answer.status() == 422;
    return permanent
        ? refusals.outcomes().rejected(ReasonCode.ESP_REJECTED, "the message was refused" + quoted)
        : refusals.byStatus(answer, "error " + code + ", " + text, now);
  }
}
