package io.mailstream.quickstart;

import io.mailstream.embedded.ses.Inbox;
import io.mailstream.embedded.ses.SesBehaviour;
import io.mailstream.embedded.ses.SesFault;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The first of two accounts fails, the second takes over, and the first gets its mail again. */
final class Failover extends Scenario {

  private static final Duration STEP = Duration.ofSeconds(60);
  private static final String FIRST = "ses-first";
  private static final String SECOND = "ses-second";
  private static final int MAILS = 100;

  private int requests;

  Failover(LocalSystem system, Console console) {
    super(system, console);
  }

  @Override
  void tell() throws InterruptedException {
    theFirstHasAllMail();
    try {
      theFirstFailsAndTheSecondTakesOver();
    } finally {
      system.ses().behave(SesBehaviour.defaults());
    }
    theFirstHasItsMailAgain();
    nothingWasSentTwice();
  }

  private void theFirstHasAllMail() throws InterruptedException {
    console.line("");
    console.line("Two accounts; the second stands by. All mail goes by the first.");
    Map<String, Long> sent = send(10);
    require(sent.equals(Map.of(FIRST, 10L)), "they went by " + sent);
  }

  private void theFirstFailsAndTheSecondTakesOver() throws InterruptedException {
    console.line("");
    console.line(
        "The first account's ESP answers nothing but errors: its calls are suspended, and its mail"
            + " goes by the second.");
    system.ses().behave(SesBehaviour.defaults().faultRate(SesFault.SERVICE_UNAVAILABLE, 1));
    console.event("%-12s %s answers 503 to every call".formatted("fault", FIRST));
    Map<String, Long> sent = send(MAILS);
    require(sent.equals(Map.of(SECOND, (long) MAILS)), "they went by " + sent);
    theSecondTellsOfItsMail();
  }

  private void theSecondTellsOfItsMail() throws InterruptedException {
    Set<String> ids =
        IntStream.range(requests - MAILS, requests).mapToObj(this::id).collect(Collectors.toSet());
    List<FeedbackEvent> delivered =
        follower.await(
            FeedbackEvent.class,
            event ->
                event.getType() == FeedbackType.DELIVERED && ids.contains(event.getRequestId()),
            MAILS,
            STEP);
    console.event(
        "%-12s %d of them are delivered, as signed callbacks of %s say"
            .formatted("callbacks", delivered.size(), SECOND));
    require(delivered.size() == MAILS, "not all are said to be delivered");
  }

  private void theFirstHasItsMailAgain() throws InterruptedException {
    console.line("");
    console.line("The first account's ESP is well again: it is tried again by itself.");
    long deadline = System.nanoTime() + STEP.toNanos();
    while (!send(2).containsKey(FIRST)) {
      require(
          System.nanoTime() < deadline,
          "no mail goes by %s after %d s".formatted(FIRST, STEP.toSeconds()));
    }
  }

  private void nothingWasSentTwice() {
    int first = accepted(system.ses().inbox());
    int second = accepted(system.secondSes().inbox());
    console.line("");
    console.event(
        "%-12s %d requests: %s accepted %d mails, %s %d"
            .formatted("inbox", requests, FIRST, first, SECOND, second));
    require(first + second == requests, "that is not one mail for each request");
  }

  private int accepted(Inbox inbox) {
    return inbox.mails(mail -> run.equals(mail.tags().get(MailClient.RUN_TAG))).size();
  }

  /** Sends mails and waits until all are SENT; how many by which account. */
  private Map<String, Long> send(int count) throws InterruptedException {
    int from = requests;
    requests += count;
    List<SendRequest> mails =
        IntStream.range(from, requests)
            .mapToObj(i ->
                MailClient.request(
                    run, id(i), "password-reset", "success+%s-%d%s".formatted(run, i, SIMULATOR)))
            .toList();
    long start = System.nanoTime();
    client.sendAll(Lane.TRANSACTIONAL, mails);
    var ids = mails.stream().map(SendRequest::getRequestId).collect(Collectors.toSet());
    List<SendResult> results =
        follower.await(
            SendResult.class, result -> ids.contains(result.getRequestId()), count, STEP);
    require(
        results.size() == count,
        "%d of %d mails have a result after %d s"
            .formatted(results.size(), count, STEP.toSeconds()));
    require(
        results.stream().allMatch(result -> result.getStatus() == ResultStatus.SENT),
        "not all are SENT");
    Map<String, Long> byAccount =
        results.stream()
            .collect(
                Collectors.groupingBy(SendResult::getAccount, TreeMap::new, Collectors.counting()));
    console.event(
        String.format(
            Locale.ROOT,
            "%-12s %d mails in %s, by %s",
            "SENT",
            count,
            Console.since(start),
            byAccount));
    return byAccount;
  }

  private String id(int number) {
    return "%s-failover-%d".formatted(run, number);
  }
}
