package io.mailstream.streams.reputation;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.Policies;
import io.mailstream.policy.PolicyLoader;
import io.mailstream.sender.provider.Deliveries;
import io.mailstream.streams.reputation.GuardHub.Partition;
import io.mailstream.v1.Bounce;
import io.mailstream.v1.BounceCategory;
import io.mailstream.v1.BounceClass;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StreamGuardTest {

  private static final StreamId NEWS = new StreamId("acme", "news");
  private static final long START = Duration.ofDays(20_000).toMillis();
  private static final Policies POLICIES =
      PolicyLoader.load(
          """
          accounts: {main: {provider: ses}}
          reputation:
            window: 1h
            min_mails: 100
            max_bounce_rate: 5%
            max_complaint_rate: 0.3%
            pause: 30m
          tenants:
            acme:
              from_domains: ["*"]
              streams: {news: {}, reset: {reputation: none}}
          """);

  private final GuardHub hub = new GuardHub(POLICIES, START);
  private final Partition first = hub.partition(0);
  private final Partition second = hub.partition(1);

  @Test
  void tooManyBouncesOverAllPartitionsPauseTheStreamInAll() {
    sent(first, 60);
    sent(second, 60);
    bounced(first, 3);
    hub.ticks(2);
    bounced(second, 3);
    hub.ticks(2);
    assertThat(first.closed()).as("6 of 120 are 5 %, no more").isEmpty();

    bounced(second, 1);
    hub.ticks(3);

    assertThat(first.closed()).containsOnlyKeys(NEWS);
    assertThat(second.closed()).containsOnlyKeys(NEWS);
    assertThat(first.said(NEWS).getPause().getDetail())
        .isEqualTo("7 of 120 mails of the last 1 h bounced: 5.83 %, at most 5.00 % are allowed");
    assertThat(first.said(NEWS).getPause().getUntil())
        .isEqualTo(second.said(NEWS).getPause().getUntil());
  }

  @Test
  void complaintsCountForThemselves() {
    sent(first, 300);
    complained(first, "c1");
    hub.ticks(2);
    assertThat(first.closed()).as("0.33 %").containsOnlyKeys(NEWS);
  }

  @Test
  void aRepeatedCallbackCountsOnce() {
    sent(first, 400);
    for (int i = 0; i < 10; i++) {
      complained(first, "the same");
    }
    hub.ticks(2);
    assertThat(first.closed()).isEmpty();
    complained(first, "another");
    hub.ticks(1);
    assertThat(first.closed()).containsOnlyKeys(NEWS);
  }

  @Test
  void fewMailsSayNothing() {
    sent(first, 99);
    bounced(first, 50);
    hub.ticks(2);
    assertThat(first.closed()).isEmpty();
  }

  @Test
  void whatTheSenderGaveBackWasNotSent() {
    sent(first, 100);
    for (int i = 0; i < 20; i++) {
      first.guard().notSent(mail("news"));
    }
    bounced(first, 50);
    hub.ticks(2);
    assertThat(first.closed()).as("80 are too few").isEmpty();
  }

  @Test
  void transientBouncesAndStreamsWithoutARuleDoNotCount() {
    sent(first, 200);
    for (int i = 0; i < 100; i++) {
      first.guard().heard(event("t" + i, FeedbackType.BOUNCED, "news", BounceClass.TRANSIENT));
      first.guard().sent(mail("reset"));
      first.guard().sent(mail("reset"));
      first.guard().heard(event("r" + i, FeedbackType.BOUNCED, "reset", BounceClass.PERMANENT));
    }
    hub.ticks(2);
    assertThat(first.closed()).isEmpty();
    assertThat(first.said()).containsOnlyKeys("acme/news/0");
  }

  @Test
  void whatIsOlderThanTheWindowIsForgotten() {
    sent(first, 200);
    bounced(first, 8);
    hub.ticks(1);
    hub.advance(Duration.ofMinutes(70));
    sent(first, 200);
    bounced(first, 8);
    hub.ticks(2);
    assertThat(first.closed()).isEmpty();
  }

  @Test
  void aPauseEndsByTimeAndWhatLedToItIsForgiven() {
    sent(first, 100);
    bounced(first, 10);
    hub.ticks(2);
    assertThat(second.closed()).containsOnlyKeys(NEWS);

    bounced(first, 10);
    hub.advance(Duration.ofMinutes(29));
    assertThat(first.closed()).containsOnlyKeys(NEWS);
    hub.advance(Duration.ofMinutes(2));
    hub.ticks(3);

    assertThat(first.closed()).isEmpty();
    assertThat(second.closed()).isEmpty();
    sent(first, 100);
    hub.ticks(2);
    assertThat(first.closed()).isEmpty();
  }

  @Test
  void peoplePauseAndResume() {
    hub.order(NEWS, true, Long.MAX_VALUE);
    hub.ticks(1);
    assertThat(first.closed()).containsEntry(NEWS, Long.MAX_VALUE);
    assertThat(first.said(NEWS).getPause().getUntil()).isNull();
    hub.advance(Duration.ofDays(3));
    assertThat(second.closed()).containsOnlyKeys(NEWS);

    hub.order(NEWS, false, 0);
    hub.ticks(3);
    assertThat(first.closed()).isEmpty();
    assertThat(second.closed()).isEmpty();
  }

  @Test
  void peopleEndAPauseOfTheGuard() {
    sent(first, 100);
    bounced(first, 10);
    hub.ticks(2);
    hub.order(NEWS, false, 0);
    hub.ticks(3);
    assertThat(first.closed()).isEmpty();
    assertThat(second.closed()).isEmpty();
  }

  @Test
  void anOldWordDoesNotEndALaterPause() {
    hub.order(NEWS, false, 0);
    hub.ticks(1);
    sent(first, 100);
    bounced(first, 10);
    hub.advance(Duration.ofMinutes(10));
    sent(first, 100);
    bounced(first, 20);
    hub.ticks(2);
    assertThat(first.closed()).containsOnlyKeys(NEWS);
    Partition late = hub.partition(2);
    hub.ticks(2);
    assertThat(late.closed()).as("it knows of the word and of the pause").containsOnlyKeys(NEWS);
  }

  @Test
  void aPauseOutlivesItsProcess() {
    sent(first, 100);
    bounced(first, 10);
    hub.ticks(2);
    hub.restart(first);
    hub.ticks(1);
    assertThat(first.said(NEWS).getPause()).isNotNull();
    hub.advance(Duration.ofMinutes(31));
    hub.ticks(2);
    assertThat(first.closed()).isEmpty();
  }

  @Test
  void nothingIsKeptOfAStreamThatIsQuiet() {
    sent(first, 100);
    hub.ticks(1);
    hub.advance(Duration.ofHours(3));
    hub.ticks(2);
    assertThat(first.said()).isEmpty();
    assertThat(first.kept()).isEmpty();
  }

  private static void sent(Partition partition, int mails) {
    for (int i = 0; i < mails; i++) {
      partition.guard().sent(mail("news"));
    }
  }

  private int events;

  private void bounced(Partition partition, int mails) {
    for (int i = 0; i < mails; i++) {
      partition
          .guard()
          .heard(event("b" + events++, FeedbackType.BOUNCED, "news", BounceClass.PERMANENT));
    }
  }

  private static void complained(Partition partition, String id) {
    partition.guard().heard(event(id, FeedbackType.COMPLAINED, "news", null));
  }

  private static Delivery mail(String stream) {
    return Deliveries.to("user@example.org").setTenant("acme").setStream(stream).build();
  }

  private static FeedbackEvent event(
      String id, FeedbackType type, String stream, BounceClass bounce) {
    return FeedbackEvent.newBuilder()
        .setEventId(id)
        .setProvider("ses")
        .setType(type)
        .setRecipient("user@example.org")
        .setTenant("acme")
        .setStream(stream)
        .setBounce(
            Optional.ofNullable(bounce)
                .map(found ->
                    Bounce.newBuilder()
                        .setBounceClass(found)
                        .setCategory(BounceCategory.UNKNOWN)
                        .build())
                .orElse(null))
        .setOccurredAt(Instant.EPOCH)
        .setReceivedAt(Instant.EPOCH)
        .build();
  }
}
