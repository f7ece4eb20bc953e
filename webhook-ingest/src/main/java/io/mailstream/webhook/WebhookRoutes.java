package io.mailstream.webhook;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.mailstream.runtime.http.Problem;
import io.mailstream.runtime.logging.MailLog;
import io.mailstream.runtime.logging.Masking;
import io.mailstream.runtime.tracing.TraceContext;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.v1.Bounce;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.webhook.UsedNonces.Claim;
import io.mailstream.webhook.provider.Receipt;
import io.mailstream.webhook.provider.WebhookProvider;
import io.mailstream.webhook.provider.WebhookRequest;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /webhooks/{provider}}: verified, put in our terms, written, and acknowledged when the
 * brokers have it. A fault of ours is never answered with 4xx: ESPs do not repeat what got one.
 */
final class WebhookRoutes {

  private static final Logger log = LoggerFactory.getLogger(WebhookRoutes.class);
  private static final String RETRY_AFTER_SECONDS = "5";

  private final List<WebhookProvider> providers;
  private final FeedbackPublisher publisher;
  private final UsedNonces nonces;
  private final WebhookMeters meters;
  private final Tracing tracing;
  private final InstantSource clock;

  WebhookRoutes(
      List<WebhookProvider> providers,
      FeedbackPublisher publisher,
      UsedNonces nonces,
      WebhookMeters meters,
      Tracing tracing,
      InstantSource clock) {
    this.providers = List.copyOf(providers);
    this.publisher = publisher;
    this.nonces = nonces;
    this.meters = meters;
    this.tracing = tracing;
    this.clock = clock;
  }

  void register(HttpRouting.Builder routes) {
    for (WebhookProvider provider : providers) {
      meters.provider(provider.name());
      String path = "/webhooks/" + provider.name();
      routes.post(path, (request, response) -> receive(provider, request, response));
      if (provider.isProbedByHead()) {
        routes.head(path, (request, response) -> response.status(Status.OK_200).send());
      }
    }
  }

  private void receive(WebhookProvider provider, ServerRequest request, ServerResponse response) {
    byte[] body = request.content().hasEntity() ? request.content().as(byte[].class) : new byte[0];
    Receipt receipt = provider.receive(new WebhookRequest(headers(request), body), clock.instant());
    switch (receipt) {
      case Receipt.Authentic authentic -> claim(provider, authentic, response);
      case Receipt.Done done -> {
        meters.request(provider.name(), done.outcome());
        acknowledge(response);
      }
      case Receipt.Refused refused -> {
        meters.request(provider.name(), refused.outcome());
        Problem.of(refused.status(), refused.detail()).send(response);
      }
      case Receipt.Unavailable unavailable -> {
        meters.request(provider.name(), unavailable.outcome());
        repeatLater(response, unavailable.detail());
      }
    }
  }

  /** A signature that does not cover the body is taken for one body only. */
  private void claim(WebhookProvider provider, Receipt.Authentic receipt, ServerResponse response) {
    switch (receipt.nonce().map(nonces::claim).orElse(Claim.GRANTED)) {
      case GRANTED -> publish(provider, receipt, response);
      case REPEATED -> {
        meters.request(provider.name(), "repeated");
        acknowledge(response);
      }
      case REPLAYED -> {
        meters.request(provider.name(), "replayed");
        Problem.of(403, "the token was used for another body").send(response);
      }
      case UNDECIDED -> {
        meters.request(provider.name(), "undecided");
        repeatLater(response, "whether the token was used before cannot be said now");
      }
    }
  }

  private void publish(
      WebhookProvider provider, Receipt.Authentic receipt, ServerResponse response) {
    List<TracedEvent> events =
        receipt.events().stream()
            .map(event -> TracedEvent.of(event, publisher.topic(event.getType()), tracing))
            .toList();
    boolean isWritten = false;
    try {
      publisher.publish(provider.name(), events, receipt.unknown(), receipt.nonce());
      isWritten = true;
    } catch (NotAcknowledgedException e) {
      log.warn("a callback of {} is to be repeated: {}", provider.name(), e.getMessage(), e);
      meters.request(provider.name(), "not_acknowledged");
      events.forEach(event -> event.span().failed("not_acknowledged"));
      repeatLater(response, "the event could not be written now");
      return;
    } finally {
      receipt.nonce().ifPresent(isWritten ? nonces::use : nonces::release);
      events.forEach(event -> event.span().close());
    }
    for (Receipt.DeadLetter letter : receipt.unknown()) {
      log.warn(
          "kept a callback of {} as a dead letter: {}",
          provider.name(),
          Masking.text(letter.reason()));
      meters.deadLetter(provider.name());
    }
    for (TracedEvent event : events) {
      meters.event(provider.name(), event.event().getType());
      log(event);
    }
    meters.request(provider.name(), receipt.outcome());
    acknowledge(response);
  }

  private static void log(TracedEvent traced) {
    if (MailLog.isOn()) {
      FeedbackEvent event = traced.event();
      Bounce bounce = event.getBounce();
      MailLog.write(
          MailLog.Event.CALLBACK,
          new MailLog.Line(
              event.getTenant(),
              event.getStream(),
              event.getDeliveryId(),
              event.getRecipient(),
              event.getProvider(),
              null,
              event.getType().name(),
              bounce == null
                  ? event.getComplaintType()
                  : bounce.getBounceClass() + "," + bounce.getCategory(),
              bounce == null ? null : bounce.getEnhancedStatus(),
              TraceContext.traceId(traced.headers())));
    }
  }

  private static void acknowledge(ServerResponse response) {
    response.status(Status.NO_CONTENT_204).send();
  }

  private static void repeatLater(ServerResponse response, String detail) {
    response.header(HeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
    Problem.of(503, detail + "; send it again").send(response);
  }

  private static Map<String, String> headers(ServerRequest request) {
    Map<String, String> headers = new HashMap<>();
    request
        .headers()
        .forEach(
            header -> headers.putIfAbsent(header.name().toLowerCase(Locale.ROOT), header.get()));
    return headers;
  }
}
