package io.mailstream.sender.provider.sendgrid;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.SendOutcome.Accepted;
import io.mailstream.sender.provider.http.HttpRefusals;
import io.mailstream.sender.provider.http.HttpReply;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * What SendGrid's answers mean. Its errors are {@code {"errors":[{"message", "field", "help"}]}};
 * what tells them apart beyond the status is their text.
 */
final class SendGridErrors {

  private static final int ACCEPTED = 202;

  private final HttpRefusals refusals = new HttpRefusals(SendGridApi.NAME);

  SendOutcome outcome(HttpReply.Answer answer, Instant now) {
    if (answer.isSuccess()) {
      // 200 is a message that was valid and not queued: SendGrid's sandbox.
      return answer
          .header("x-message-id")
          .filter(id -> answer.status() == ACCEPTED)
          .<SendOutcome>map(Accepted::new)
          .orElseGet(() -> HttpRefusals.unreadable(SendGridApi.NAME, answer));
    }
    String text = text(answer.json());
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.contains("maximum credits exceeded")) {
      return refusals
          .outcomes()
          .account(refusals.quotaUntil(answer, now), "the plan's credits are used up");
    }
    if (lower.contains("verified sender identity")) {
      return refusals
          .outcomes()
          .identity(
              refusals.parkedUntil(answer, now),
              "the From address is no verified sender identity: verify it");
    }
    if (answer.status() == 429) {
      return refusals
          .outcomes()
          .throttled(answer.retryAfter(now).or(() -> reset(answer, now)), answer.quote(text));
    }
    return refusals.byStatus(answer, text, now);
  }

  /** The end of the rate's window, in seconds since 1970. */
  private static Optional<Instant> reset(HttpReply.Answer answer, Instant now) {
    return answer
        .header("x-ratelimit-reset")
        .filter(value -> value.matches("[0-9]{1,10}"))
        .map(value -> Instant.ofEpochSecond(Long.parseLong(value)))
        .filter(time -> time.isAfter(now) && time.isBefore(now.plusSeconds(3600)));
  }

  private static String text(JsonNode answer) {
    StringJoiner text = new StringJoiner("; ");
    for (JsonNode error : answer.path("errors")) {
      text.add(error.path("message").asText(""));
    }
    return text.toString();
  }
}
