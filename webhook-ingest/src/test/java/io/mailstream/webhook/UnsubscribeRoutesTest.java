package io.mailstream.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.schemas.UnsubscribeTokens;
import io.mailstream.schemas.UnsubscribeTokens.Subscription;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unsubscribe links without brokers: what they show, and what they refuse. */
class UnsubscribeRoutesTest {

  private static final String KEYS = "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  private static final UnsubscribeTokens TOKENS = UnsubscribeTokens.of(KEYS);
  private static final String LIVE = token("jane@example.com", 4_000_000_000L);
  private static final String ENDED = token("jane@example.com", 1_000_000_000L);
  private static final String FORM = "application/x-www-form-urlencoded";

  private static WebhookIngestApp app;
  private static Caller caller;

  private static String token(String recipient, long end) {
    return TOKENS.seal(new Subscription("shop", "news", recipient, Instant.ofEpochSecond(end)));
  }

  @BeforeAll
  static void start() {
    app =
        WebhookIngestApp.start(
            Map.of(
                "bootstrap.servers",
                "127.0.0.1:1",
                "schema.registry.url",
                "http://127.0.0.1:1",
                "http.port",
                "0",
                "publish.timeout.ms",
                "600",
                "unsubscribe.keys",
                KEYS));
    caller = new Caller(app);
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  private static HttpResponse<String> get(String token) throws Exception {
    return caller.get("/unsubscribe/" + token);
  }

  private static HttpResponse<String> post(String token, String contentType, String body)
      throws Exception {
    return caller.send(
        HttpRequest.newBuilder(caller.uri("/unsubscribe/" + token))
            .header("Content-Type", contentType)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  @Test
  void followingALinkShowsAPageThatNeedsNoScriptAndNamesNobody() throws Exception {
    HttpResponse<String> page = get(LIVE);

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body())
        .contains("<html lang=\"en\">", "<h1>Stop these mails?</h1>", "<form method=\"post\">")
        .contains("name=\"List-Unsubscribe\" value=\"One-Click\"")
        .doesNotContain("<script", "jane", "shop", "news", LIVE);
    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=UTF-8");
    assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(page.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
    assertThat(page.headers().firstValue("Content-Security-Policy"))
        .hasValueSatisfying(policy ->
            assertThat(policy)
                .startsWith("default-src 'none'; style-src 'sha256-")
                .contains("form-action 'self'", "frame-ancestors 'none'"));
    assertThat(outcome("ask")).isPositive();
  }

  @Test
  void headIsGetWithoutABody() throws Exception {
    for (String token : List.of(LIVE, ENDED, "none")) {
      HttpResponse<String> head =
          caller.send(HttpRequest.newBuilder(caller.uri("/unsubscribe/" + token)).HEAD());

      assertThat(head.statusCode()).isEqualTo(get(token).statusCode());
      assertThat(head.body()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "DELETE", "PATCH", "OPTIONS"})
  void otherMethodsAreNotThere(String method) throws Exception {
    HttpResponse<String> refused =
        caller.send(
            HttpRequest.newBuilder(caller.uri("/unsubscribe/" + LIVE))
                .method(method, HttpRequest.BodyPublishers.noBody()));

    assertThat(refused.statusCode()).isEqualTo(405);
    assertThat(refused.headers().firstValue("Allow")).hasValue("GET, HEAD, POST");
  }

  /** Whoever tries tokens learns nothing from the answers. */
  @Test
  void everyWrongTokenIsAnsweredAlike() throws Exception {
    byte[] bytes = Base64.getUrlDecoder().decode(LIVE);
    bytes[bytes.length - 1] ^= 1;
    String tampered = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    String another =
        UnsubscribeTokens.of("1:" + Base64.getEncoder().encodeToString(new byte[32]))
            .seal(new Subscription("shop", "news", "jane@example.com", Instant.EPOCH));
    HttpResponse<String> nonsense = get("x");

    assertThat(nonsense.statusCode()).isEqualTo(404);
    assertThat(nonsense.body()).contains("answer that mail and ask");
    for (String token :
        List.of(
            tampered,
            another,
            LIVE + "x",
            LIVE.substring(1),
            LIVE + "/x",
            "%00",
            "x".repeat(3000))) {
      assertThat(get(token).statusCode()).as(token).isEqualTo(404);
      assertThat(get(token).body()).as(token).isEqualTo(nonsense.body());
      HttpResponse<String> posted = post(token, FORM, "List-Unsubscribe=One-Click");
      assertThat(posted.statusCode()).as(token).isEqualTo(404);
      assertThat(posted.body()).as(token).isEqualTo(nonsense.body());
    }
  }

  @Test
  void anEndedLinkSaysWhatToDo() throws Exception {
    assertThat(get(ENDED).statusCode()).isEqualTo(410);
    assertThat(get(ENDED).body()).contains("expired", "newer mail");
    assertThat(post(ENDED, FORM, "List-Unsubscribe=One-Click").statusCode()).isEqualTo(410);
  }

  @Test
  void aTokenForNobodyIsUnknown() throws Exception {
    assertThat(get(token("nobody", 4_000_000_000L)).statusCode()).isEqualTo(404);
  }

  @Test
  void whatDoesNotSayOneClickChangesNothing() throws Exception {
    assertThat(post(LIVE, FORM, "").statusCode()).isEqualTo(400);
    assertThat(post(LIVE, FORM, "a=b").statusCode()).isEqualTo(400);
    assertThat(post(LIVE, "application/json", "{}").statusCode()).isEqualTo(400);
    assertThat(post(LIVE, "no media type at all", "a=b").statusCode()).isEqualTo(400);
    assertThat(post(LIVE, FORM, "x".repeat(17_000)).statusCode()).isEqualTo(413);
  }

  @Test
  void withoutBrokersTheUnsubscribeIsToBeRepeated() throws Exception {
    HttpResponse<String> later = post(LIVE, FORM, "List-Unsubscribe=One-Click");

    assertThat(later.statusCode()).isEqualTo(503);
    assertThat(later.headers().firstValue("Retry-After")).isPresent();
    assertThat(later.body()).contains("Please try again", "Nothing has changed");
    assertThat(outcome("later")).isPositive();
  }

  @Test
  void callbacksAreNotThere() throws Exception {
    assertThat(
            caller
                .send(
                    HttpRequest.newBuilder(URI.create(app.url() + "/webhooks/ses"))
                        .POST(HttpRequest.BodyPublishers.noBody()))
                .statusCode())
        .isEqualTo(404);
  }

  private static double outcome(String outcome) throws Exception {
    return caller.metric("mailstream_unsubscribe_requests_total", outcome);
  }
}
