package io.mailstream.webhook.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every provider of callbacks must do, whoever the ESP is. */
public interface WebhookContract {

  /** The provider, with its keys in place. */
  WebhookProvider provider();

  /** When the callbacks below were made. */
  Instant now();

  /** An authentic callback: a hard bounce of jane@example.com. */
  WebhookRequest hardBounce();

  /** An authentic callback of a kind that nobody knows. */
  WebhookRequest unknownEvent();

  /** The hard bounce with one byte of what is signed changed. */
  WebhookRequest tampered();

  /** The hard bounce, signed by somebody else. */
  WebhookRequest signedByAnother();

  /** The calls that the provider made itself. */
  List<URI> outboundCalls();

  /** Whether the provider may call a host at all. */
  boolean mayCall(URI uri);

  @Test
  default void anAuthenticHardBounceIsOneEventAboutItsRecipient() {
    FeedbackEvent event = events(provider().receive(hardBounce(), now())).getFirst();

    assertThat(event.getType()).isEqualTo(FeedbackType.BOUNCED);
    assertThat(event.getRecipient()).isEqualTo("jane@example.com");
    assertThat(event.getProvider()).isEqualTo(provider().name());
    assertThat(event.getReceivedAt()).isEqualTo(now());
    assertThat(event.getEventId()).doesNotContain("jane");
    assertThat(event.getBounce().getBounceClass().name()).isEqualTo("PERMANENT");
  }

  @Test
  default void aRepeatHasTheSameEventId() {
    String first = events(provider().receive(hardBounce(), now())).getFirst().getEventId();
    String second =
        events(provider().receive(hardBounce(), now().plusSeconds(60))).getFirst().getEventId();

    assertThat(second).isEqualTo(first);
  }

  @Test
  default void anUnknownEventIsKept() {
    Receipt receipt = provider().receive(unknownEvent(), now());

    assertThat(receipt).isInstanceOf(Receipt.Authentic.class);
    assertThat(((Receipt.Authentic) receipt).events()).isEmpty();
    assertThat(((Receipt.Authentic) receipt).unknown()).isPresent();
  }

  @Test
  default void aTamperedCallbackIsRefused() {
    assertForged(provider().receive(tampered(), now()));
  }

  @Test
  default void aCallbackSignedBySomebodyElseIsRefused() {
    assertForged(provider().receive(signedByAnother(), now()));
  }

  @Test
  default void anOldCallbackIsRefused() {
    assertForged(provider().receive(hardBounce(), now().plus(Duration.ofDays(40))));
  }

  @Test
  default void aCallbackFromTheFutureIsRefused() {
    assertForged(provider().receive(hardBounce(), now().minus(Duration.ofDays(1))));
  }

  @Test
  default void whatIsNotACallbackIsRefused() {
    for (String body : List.of("", "hello", "[]", "null", "{}", "{\"Type\":1}", "[".repeat(5000))) {
      Receipt receipt = provider().receive(request(body), now());

      assertThat(receipt).as(body).isInstanceOf(Receipt.Refused.class);
      assertThat(((Receipt.Refused) receipt).status()).isBetween(400, 403);
    }
    assertThat(outboundCalls()).isEmpty();
  }

  @Test
  default void onlyKnownHostsAreCalled() {
    for (WebhookRequest request :
        List.of(hardBounce(), unknownEvent(), tampered(), signedByAnother(), request("{}"))) {
      provider().receive(request, now());
    }

    assertThat(outboundCalls()).allMatch(this::mayCall);
  }

  private static WebhookRequest request(String body) {
    return new WebhookRequest(java.util.Map.of(), body.getBytes(StandardCharsets.UTF_8));
  }

  private static List<FeedbackEvent> events(Receipt receipt) {
    assertThat(receipt).isInstanceOf(Receipt.Authentic.class);
    return ((Receipt.Authentic) receipt).events();
  }

  private static void assertForged(Receipt receipt) {
    assertThat(receipt).isInstanceOf(Receipt.Refused.class);
    assertThat(((Receipt.Refused) receipt).status()).isIn(401, 403);
  }
}
