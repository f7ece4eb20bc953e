package io.mailstream.webhook;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.mailstream.runtime.http.Problem;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.UnsubscribeTokens;
import io.mailstream.schemas.UnsubscribeTokens.Subscription;
import io.mailstream.webhook.unsubscribe.OneClick;
import io.mailstream.webhook.unsubscribe.UnsubscribePage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /unsubscribe/{token}}: POST unsubscribes (RFC 8058), GET shows a page with a button and
 * changes nothing, since mail programs and scanners follow links by themselves. Every token that is
 * not of our keys is answered alike.
 */
final class UnsubscribeRoutes {

  private static final Logger log = LoggerFactory.getLogger(UnsubscribeRoutes.class);
  private static final String PATH = "/unsubscribe/";
  private static final String ALLOWED = "GET, HEAD, POST";
  private static final String RETRY_AFTER_SECONDS = "60";

  private final UnsubscribeTokens tokens;
  private final UnsubscribePublisher publisher;
  private final WebhookMeters meters;
  private final InstantSource clock;

  UnsubscribeRoutes(
      UnsubscribeTokens tokens,
      UnsubscribePublisher publisher,
      WebhookMeters meters,
      InstantSource clock) {
    this.tokens = tokens;
    this.publisher = publisher;
    this.meters = meters;
    this.clock = clock;
  }

  void register(HttpRouting.Builder routes) {
    String every = PATH + "*";
    routes
        .get(every, (request, response) -> show(request, response, true))
        .head(every, (request, response) -> show(request, response, false))
        .post(every, this::unsubscribe)
        .any(
            every,
            (request, response) -> {
              response.header(HeaderNames.ALLOW, ALLOWED);
              Problem.of(405, "use one of " + ALLOWED).send(response);
            });
  }

  private void show(ServerRequest request, ServerResponse response, boolean withBody) {
    UnsubscribePage page = judge(token(request)).page();
    meters.unsubscribe(page);
    send(page, response, withBody);
  }

  private void unsubscribe(ServerRequest request, ServerResponse response) {
    UnsubscribePage page = unsubscribed(request);
    meters.unsubscribe(page);
    if (page == UnsubscribePage.LATER) {
      response.header(HeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    send(page, response, true);
  }

  private UnsubscribePage unsubscribed(ServerRequest request) {
    String token = token(request);
    Judgement judgement = judge(token);
    if (judgement.subscription().isEmpty()) {
      return judgement.page();
    }
    byte[] body = body(request);
    if (body.length > OneClick.MAX_BODY_BYTES) {
      return UnsubscribePage.TOO_LARGE;
    }
    String contentType = request.headers().contentType().map(type -> type.text()).orElse("");
    if (!OneClick.isIn(contentType, body)) {
      return UnsubscribePage.NOT_CONFIRMED;
    }
    try {
      publisher.publish(token, judgement.subscription().get(), clock.instant());
      return UnsubscribePage.DONE;
    } catch (NotAcknowledgedException e) {
      log.warn("an unsubscribe is to be repeated: {}", e.getMessage(), e);
      return UnsubscribePage.LATER;
    }
  }

  /** What a token is good for, and the page to show where nothing is done. */
  private record Judgement(UnsubscribePage page, Optional<Subscription> subscription) {}

  private Judgement judge(String token) {
    Optional<Subscription> opened =
        tokens.open(token).filter(one -> RecipientKey.find(one.recipient()).isPresent());
    if (opened.isEmpty()) {
      return new Judgement(UnsubscribePage.UNKNOWN, Optional.empty());
    }
    Instant end = opened.get().expiresAt();
    return clock.instant().isAfter(end)
        ? new Judgement(UnsubscribePage.EXPIRED, Optional.empty())
        : new Judgement(UnsubscribePage.ASK, opened);
  }

  private static String token(ServerRequest request) {
    String path = request.path().path();
    return path.startsWith(PATH) ? path.substring(PATH.length()) : "";
  }

  /** The body, or one byte more than is read. */
  private static byte[] body(ServerRequest request) {
    if (!request.content().hasEntity()) {
      return new byte[0];
    }
    try (InputStream in = request.content().inputStream()) {
      return in.readNBytes(OneClick.MAX_BODY_BYTES + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void send(UnsubscribePage page, ServerResponse response, boolean withBody) {
    response
        .status(Status.create(page.status()))
        .header(HeaderNames.CONTENT_TYPE, "text/html; charset=UTF-8")
        .header(HeaderNames.CACHE_CONTROL, "no-store")
        .header(
            HeaderNames.create("Content-Security-Policy"), UnsubscribePage.CONTENT_SECURITY_POLICY)
        .header(HeaderNames.create("Referrer-Policy"), "no-referrer")
        .header(HeaderNames.create("X-Content-Type-Options"), "nosniff");
    if (withBody) {
      response.send(page.html().getBytes(StandardCharsets.UTF_8));
    } else {
      response.send();
    }
  }
}
