package io.mailstream.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Sending, callbacks, suppression and limits, with one account. */
final class Demonstration extends Scenario {

  private static final Duration STEP = Duration.ofSeconds(30);
  private static final Duration BURST_STEP = Duration.ofSeconds(60);
  private static final String STREAM = "password-reset";
  private static final String LIMITED_STREAM = "newsletter";
  private static final int BURST = 40;

  private final Map<String, Integer> seen = new HashMap<>();
  private int sent;
  private String suppressed;

  Demonstration(LocalSystem system, Console console) {
    super(system, console);
  }

  @Override
  void tell() throws InterruptedException {
    aMailIsSentAndDelivered();
    anAddressIsSuppressed("bounce", FeedbackType.BOUNCED);
    anAddressIsSuppressed("complaint", FeedbackType.COMPLAINED);
    aBurstIsHeldAndReleased();
    nothingWasSentTwice();
  }

  @Override
  Optional<String> suppressed() {
    return Optional.ofNullable(suppressed);
  }

  private void aMailIsSentAndDelivered() throws InterruptedException {
    console.line("");
    console.line("A mail is sent and delivered; the same request again is a duplicate.");
    String to = "success" + SIMULATOR;
    SendRequest request = request("mail", to);
    send(request);
    expect(request, ResultStatus.SENT);
    feedback(request, FeedbackType.DELIVERED);
    send(request);
    SendResult duplicate = expect(request, ResultStatus.DUPLICATE);
    require(
        request.getRequestId().equals(duplicate.getDuplicateOf()),
        "the duplicate names %s as the first request, not %s"
            .formatted(duplicate.getDuplicateOf(), request.getRequestId()));
  }

  private void anAddressIsSuppressed(String kind, FeedbackType type) throws InterruptedException {
    console.line("");
    console.line(
        "Mail to an address that %s: the ESP says so by a signed webhook, and no more mail goes there."
            .formatted(type == FeedbackType.BOUNCED ? "bounces" : "complains"));
    String to = kind + "+" + run + SIMULATOR;
    SendRequest first = request(kind + "-1", to);
    send(first);
    expect(first, ResultStatus.SENT);
    feedback(first, type);
    JsonNode answer =
        api.awaitSuppressed(to, "tenant=" + MailClient.TENANT, STEP)
            .orElseThrow(() ->
                new NotAsTold("the query API does not say that %s is suppressed".formatted(to)));
    console.event(
        "query API    %s is suppressed: %s, by event %s"
            .formatted(
                to,
                answer.path("reason").asText(),
                answer.path("entries").path(0).path("source_event").asText()));
    suppressed = to;
    SendRequest second = request(kind + "-2", to);
    send(second);
    SendResult rejected = expect(second, ResultStatus.REJECTED);
    require(
        rejected.getReasons().contains(ReasonCode.SUPPRESSED),
        "the reasons are %s, without SUPPRESSED".formatted(rejected.getReasons()));
  }

  private void aBurstIsHeldAndReleased() throws InterruptedException {
    console.line("");
    console.line(
        "%d mails at once on a stream that is limited to 10 a second: the excess is held, and leaves at the limit."
            .formatted(BURST));
    double heldBefore = api.total("mailstream_hold_entered_total");
    List<SendRequest> burst =
        IntStream.range(0, BURST)
            .mapToObj(i ->
                MailClient.request(
                    run,
                    "%s-burst-%d".formatted(run, i),
                    LIMITED_STREAM,
                    "success+%s-%d%s".formatted(run, i, SIMULATOR)))
            .toList();
    client.sendAll(Lane.BULK, burst);
    console.event("%-12s %d mails on stream %s".formatted("request", BURST, LIMITED_STREAM));
    List<SendResult> results = watchBurst();
    require(results.size() == BURST, "%d of %d have a result".formatted(results.size(), BURST));
    long notSent = results.stream().filter(r -> r.getStatus() != ResultStatus.SENT).count();
    require(notSent == 0, "%d of them are not SENT".formatted(notSent));
    sent += BURST;
    long held = Math.round(api.total("mailstream_hold_entered_total") - heldBefore);
    require(held > 0, "none was held");
    BurstRate rate = BurstRate.of(results);
    console.event(
        String.format(
            Locale.ROOT,
            "%-12s all %d mails in %.1f s: %d at once, %d held; at most %d within a second",
            "SENT",
            BURST,
            rate.seconds(),
            BURST - held,
            held,
            rate.mostWithinASecond()));
    require(
        rate.mostWithinASecond() <= BurstRate.ALLOWED_WITHIN_A_SECOND,
        "that is more than the burst of 10 and the rate of 10 a second allow");
    require(
        rate.seconds() >= BurstRate.LEAST_SECONDS_OF_40,
        "that is faster than the burst of 10 and the rate of 10 a second allow");
  }

  /** Says every second how far the burst is. */
  private List<SendResult> watchBurst() throws InterruptedException {
    long deadline = System.nanoTime() + BURST_STEP.toNanos();
    String prefix = run + "-burst-";
    while (true) {
      List<SendResult> results =
          follower.await(
              SendResult.class,
              result -> result.getRequestId().startsWith(prefix),
              BURST,
              Duration.ofSeconds(1));
      if (results.size() >= BURST || System.nanoTime() > deadline) {
        return results;
      }
      console.event(
          "%-12s %d by now, %d are held"
              .formatted(
                  "SENT", results.size(), Math.round(api.total("mailstream_hold_deliveries"))));
    }
  }

  private void nothingWasSentTwice() {
    var inbox = system.ses().inbox();
    long accepted = inbox.mails(mail -> run.equals(mail.tags().get(MailClient.RUN_TAG))).size();
    console.line("");
    console.event(
        "%-12s the simulator accepted %d mails of this run, %d results say SENT"
            .formatted("inbox", accepted, sent));
    require(accepted == sent, "the two numbers differ");
  }

  private SendRequest request(String name, String to) {
    return MailClient.request(run, run + "-" + name, STREAM, to);
  }

  private void send(SendRequest request) throws InterruptedException {
    client.send(Lane.TRANSACTIONAL, request);
    console.event(
        "%-12s %s to %s"
            .formatted("request", request.getRequestId(), request.getTo().getFirst().getAddress()));
  }

  /** Waits for the next result of a request; a repeated request has one for each time. */
  private SendResult expect(SendRequest request, ResultStatus status) throws InterruptedException {
    String id = request.getRequestId();
    int nth = seen.merge(id, 1, Integer::sum);
    List<SendResult> results =
        follower.await(SendResult.class, result -> result.getRequestId().equals(id), nth, STEP);
    require(
        results.size() >= nth,
        "%s has no result %s after %d s".formatted(id, status, STEP.toSeconds()));
    SendResult result = results.get(nth - 1);
    console.event(
        "%-12s %s%s%s"
            .formatted(
                result.getStatus(),
                id,
                result.getReasons().isEmpty() ? "" : " " + result.getReasons(),
                result.getDetail() == null ? "" : ": " + result.getDetail()));
    require(
        result.getStatus() == status,
        "%s ended in %s, not in %s".formatted(id, result.getStatus(), status));
    sent += status == ResultStatus.SENT ? 1 : 0;
    return result;
  }

  private void feedback(SendRequest request, FeedbackType type) throws InterruptedException {
    FeedbackEvent event =
        follower
            .await(
                FeedbackEvent.class,
                candidate ->
                    candidate.getType() == type
                        && request.getRequestId().equals(candidate.getRequestId()),
                STEP)
            .orElseThrow(() ->
                new NotAsTold(
                    "no callback says that %s is %s after %d s"
                        .formatted(request.getRequestId(), type, STEP.toSeconds())));
    String bounce =
        event.getBounce() == null
            ? ""
            : " (%s: %s)"
                .formatted(event.getBounce().getBounceClass(), event.getBounce().getDiagnostic());
    console.event("%-12s %s%s".formatted(type, event.getRequestId(), bounce));
  }
}
