package io.mailstream.webhook.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.helidon.http.HttpException;
import io.mailstream.runtime.http.BoundedGzip;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/**
 * What every provider of callbacks must do, whoever the ESP is. Schemes differ in what they cover:
 * each says which parts it does not, and is held to all others.
 */
public interface WebhookContract {

  /** The largest body that is taken, packed or not. */
  int MAX_BODY = 4 * 1024 * 1024;

  /** What a scheme may cover. */
  enum Part {
    BODY,
    SIGNATURE,
    TIMESTAMP,
    TOKEN,
    URL,
    KEY
  }

  /** The provider, with its keys in place. */
  WebhookProvider provider();

  /** When the callbacks below were made. */
  Instant now();

  /** An authentic callback: a hard bounce of jane@example.com. */
  WebhookRequest hardBounce();

  /** The hard bounce of another, as it is written in JSON. */
  WebhookRequest hardBounceOf(String recipient);

  /** The hard bounce of a mail that took a trace along. */
  WebhookRequest hardBounceWithTrace(String traceparent);

  /** A hard bounce as it is written in JSON, with a trace beside the delivery id. */
  static String withTrace(String bounce, String traceparent) {
    return bounce.replaceFirst(
        "\"ms_delivery_id\":(\\[?)\"d1\"(]?)", "$0,\"ms_traceparent\":$1\"" + traceparent + "\"$2");
  }

  /** An authentic callback: a complaint of jane@example.com, later than the bounce. */
  WebhookRequest complaint();

  /** An authentic callback of a kind that nobody knows. */
  WebhookRequest unknownEvent();

  /** An authentic callback with this as its body, or as what its body carries. */
  WebhookRequest authentic(String content);

  /**
   * An authentic callback that has the hard bounce, something that is no event, and the complaint;
   * empty: the ESP sends one at a time.
   */
  Optional<WebhookRequest> batchWithOneBadEntry();

  /** The hard bounce with one part changed, or made with another, and all else as it was. */
  Map<Part, WebhookRequest> forgeries();

  /** The parts that the scheme does not have, or does not cover: docs/esp says what follows. */
  Set<Part> notCovered();

  /** What is covered of a callback, as bytes; null: it has nothing of the kind. */
  byte[] covered(WebhookRequest request);

  /** The calls that the provider made itself. */
  default List<URI> outboundCalls() {
    return List.of();
  }

  /** Whether the provider may call a host at all. */
  default boolean mayCall(URI uri) {
    return false;
  }

  @Test
  default void anAuthenticHardBounceIsOneEventAboutItsRecipient() {
    FeedbackEvent event = events(provider().receive(hardBounce(), now())).getFirst();

    assertThat(event.getType()).isEqualTo(FeedbackType.BOUNCED);
    assertThat(event.getRecipient()).isEqualTo("jane@example.com");
    assertThat(event.getProvider()).isEqualTo(provider().name());
    assertThat(event.getReceivedAt()).isEqualTo(now());
    assertThat(event.getOccurredAt()).isBefore(now());
    assertThat(event.getEventId()).doesNotContain("jane");
    assertThat(event.getBounce().getBounceClass().name()).isEqualTo("PERMANENT");
  }

  @Test
  default void ourTagsComeBack() {
    FeedbackEvent event = events(provider().receive(hardBounce(), now())).getFirst();

    assertThat(event.getDeliveryId()).isEqualTo("d1");
    assertThat(event.getTenant()).isEqualTo("shop");
    assertThat(event.getStream()).isEqualTo("news");
    assertThat(event.getTags()).containsExactly(Map.entry("campaign", "autumn"));
  }

  /** Among the tags as far as the record is made, whose header it becomes. */
  @Test
  default void theTraceComesBack() {
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    FeedbackEvent event = events(provider().receive(hardBounceWithTrace(trace), now())).getFirst();

    assertThat(event.getTags())
        .containsOnly(Map.entry("campaign", "autumn"), Map.entry("ms_traceparent", trace));
    assertThat(event.getDeliveryId()).isEqualTo("d1");
  }

  @Test
  default void aRepeatHasTheSameEventId() {
    String first = events(provider().receive(hardBounce(), now())).getFirst().getEventId();
    String second =
        events(provider().receive(hardBounce(), now().plusSeconds(60))).getFirst().getEventId();

    assertThat(second).isEqualTo(first);
  }

  @Test
  default void whatComesOutOfOrderIsTheSame() {
    List<FeedbackEvent> inOrder = new ArrayList<>(events(provider().receive(hardBounce(), now())));
    inOrder.addAll(events(provider().receive(complaint(), now())));
    List<FeedbackEvent> turned = new ArrayList<>(events(provider().receive(complaint(), now())));
    turned.addAll(0, events(provider().receive(hardBounce(), now())));

    assertThat(turned).isEqualTo(inOrder);
    assertThat(inOrder).extracting(FeedbackEvent::getEventId).doesNotHaveDuplicates();
    assertThat(inOrder.get(1).getType()).isEqualTo(FeedbackType.COMPLAINED);
    assertThat(inOrder.get(0).getOccurredAt()).isBefore(inOrder.get(1).getOccurredAt());
  }

  @Test
  default void anUnknownEventIsKept() {
    Receipt receipt = provider().receive(unknownEvent(), now());

    assertThat(receipt).isInstanceOf(Receipt.Authentic.class);
    assertThat(((Receipt.Authentic) receipt).events()).isEmpty();
    assertThat(((Receipt.Authentic) receipt).unknown()).hasSize(1);
  }

  @Test
  default void anEventAboutWhatIsNoAddressIsKept() {
    for (String recipient :
        List.of("jane", "jane@", "jane\\r\\ndoe@example.com", "\\\"a\\r\\nb\\\"@example.com")) {
      Receipt receipt = provider().receive(hardBounceOf(recipient), now());

      assertThat(((Receipt.Authentic) receipt).events()).as(recipient).isEmpty();
      assertThat(((Receipt.Authentic) receipt).unknown()).as(recipient).hasSize(1);
      assertThat(((Receipt.Authentic) receipt).unknown().getFirst().reason())
          .as(recipient)
          .contains("no address");
    }
  }

  @Test
  default void ofABatchTheGoodEntriesCountAndTheBadOneIsKept() {
    Optional<WebhookRequest> batch = batchWithOneBadEntry();
    assumeTrue(batch.isPresent(), "the ESP sends one event at a time");
    Receipt.Authentic receipt = (Receipt.Authentic) provider().receive(batch.get(), now());

    assertThat(receipt.events())
        .extracting(FeedbackEvent::getType)
        .containsExactly(FeedbackType.BOUNCED, FeedbackType.COMPLAINED);
    assertThat(receipt.unknown()).hasSize(1);
  }

  @Test
  default void everyPartIsCoveredOrSaidNotToBe() {
    assertThat(forgeries().keySet()).isEqualTo(EnumSet.complementOf(EnumSet.copyOf(notCovered())));
  }

  @Test
  default void whatIsChangedInAnyPartIsRefused() {
    forgeries()
        .forEach((part, request) -> assertForged(part.name(), provider().receive(request, now())));
  }

  @Test
  default void whatIsNotSignedIsRefused() {
    WebhookRequest request = new WebhookRequest(Map.of(), hardBounce().body());
    if (forgeries().get(Part.SIGNATURE).headers().equals(hardBounce().headers())) {
      // The signature is in the body: there without it is another scheme's.
      request = request("{\"signature\":{},\"event-data\":{}}");
    }
    Receipt receipt = provider().receive(request, now());

    assertThat(receipt).isInstanceOf(Receipt.Refused.class);
    assertThat(((Receipt.Refused) receipt).status()).isBetween(400, 403);
  }

  @Test
  default void anOldCallbackIsRefusedWhereItsTimeIsSigned() {
    Receipt receipt = provider().receive(hardBounce(), now().plus(Duration.ofDays(40)));

    if (notCovered().contains(Part.TIMESTAMP)) {
      assertThat(receipt).isInstanceOf(Receipt.Authentic.class);
    } else {
      assertForged("old", receipt);
    }
  }

  @Test
  default void aCallbackFromTheFutureIsRefusedWhereItsTimeIsSigned() {
    Receipt receipt = provider().receive(hardBounce(), now().minus(Duration.ofDays(1)));

    if (notCovered().contains(Part.TIMESTAMP)) {
      assertThat(receipt).isInstanceOf(Receipt.Authentic.class);
    } else {
      assertForged("from the future", receipt);
    }
  }

  @Test
  default void aSignatureThatFitsManyBodiesIsForOne() {
    Receipt.Authentic receipt = (Receipt.Authentic) provider().receive(hardBounce(), now());
    boolean isForManyBodies =
        notCovered().contains(Part.BODY) && !notCovered().contains(Part.TOKEN);

    assertThat(receipt.nonce().isPresent()).isEqualTo(isForManyBodies);
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

  /** Deep, long, compressed, or nothing at all: kept if it is authentic, and never a fault. */
  @Test
  default void whateverIsAuthenticIsKeptOrRefusedAndNeverAFault() {
    String longText = "{\"x\":\"" + "x".repeat(2 * 1024 * 1024) + "\"}";
    String deep = "[".repeat(100_000) + "]".repeat(100_000);
    String gzip =
        new String(gzip("[]".getBytes(StandardCharsets.UTF_8)), StandardCharsets.ISO_8859_1);
    for (String content :
        List.of(
            "",
            "hello",
            "null",
            "7",
            longText,
            deep,
            gzip,
            "[7,null,{},[]]",
            "{\"a\":1,\"a\":2}")) {
      Receipt receipt = provider().receive(authentic(content), now());

      if (receipt instanceof Receipt.Authentic authentic) {
        assertThat(authentic.events()).isEmpty();
        assertThat(authentic.unknown()).isNotEmpty();
        assertThat(authentic.unknown()).allMatch(letter -> letter.body().length <= 3 * 1024 * 1024);
      } else {
        assertThat(receipt).isInstanceOf(Receipt.Refused.class);
      }
    }
  }

  /** What is signed is what was packed. */
  @Test
  default void aPackedCallbackIsTheSame() throws IOException {
    WebhookRequest plain = hardBounce();
    byte[] unpacked = unpacked(gzip(plain.body()));

    assertThat(events(provider().receive(new WebhookRequest(plain.headers(), unpacked), now())))
        .isEqualTo(events(provider().receive(plain, now())));
  }

  @Test
  default void whatGrowsTooLargeIsNotEvenUnpacked() {
    byte[] bomb = gzip(authentic("[" + " ".repeat(MAX_BODY) + "]").body());

    assertThat(bomb.length).isLessThan(MAX_BODY / 100);
    assertThatThrownBy(() -> unpacked(bomb))
        .isInstanceOfSatisfying(
            HttpException.class, e -> assertThat(e.status().code()).isEqualTo(413));
  }

  @Test
  default void onlyKnownHostsAreCalled() {
    List<WebhookRequest> requests = new ArrayList<>(forgeries().values());
    requests.addAll(List.of(hardBounce(), unknownEvent(), request("{}")));
    for (WebhookRequest request : requests) {
      provider().receive(request, now());
    }

    assertThat(outboundCalls()).allMatch(this::mayCall);
  }

  /** {@code -Dmailstream.mutations=1000000} for more; {@code -Dmailstream.seed} for the same. */
  @Test
  default void noMutationOfWhatIsCoveredIsTaken() {
    Mutations.run(this);
  }

  private static WebhookRequest request(String body) {
    return new WebhookRequest(Map.of(), body.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] unpacked(byte[] packed) throws IOException {
    return new BoundedGzip(MAX_BODY)
        .decoder()
        .apply(new ByteArrayInputStream(packed))
        .readAllBytes();
  }

  private static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static List<FeedbackEvent> events(Receipt receipt) {
    assertThat(receipt).isInstanceOf(Receipt.Authentic.class);
    return ((Receipt.Authentic) receipt).events();
  }

  private static void assertForged(String what, Receipt receipt) {
    assertThat(receipt).as(what).isInstanceOf(Receipt.Refused.class);
    assertThat(((Receipt.Refused) receipt).status()).as(what).isIn(401, 403);
  }
}
