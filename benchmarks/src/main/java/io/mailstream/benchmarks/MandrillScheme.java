package io.mailstream.benchmarks;

import io.mailstream.webhook.form.Form;
import io.mailstream.webhook.provider.Digests;
import io.mailstream.webhook.provider.WebhookRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Mandrill: HMAC-SHA1 of the webhook's URL and a form, which has many events. */
final class MandrillScheme implements CallbackScheme {

  private static final String KEY = "a key of Mandrill";
  private static final String URL = "https://hooks.example.com/webhooks/mandrill";
  private static final String ALGORITHM = "HmacSHA1";
  private static final String SIGNATURE = "x-mandrill-signature";
  private static final String EVENTS = "mandrill_events";
  private static final List<byte[]> KEYS = Digests.utf8(List.of(KEY));

  private final int events;

  MandrillScheme(int events) {
    this.events = events;
  }

  @Override
  public String name() {
    return events == 1 ? "Mandrill" : "Mandrill, %d events each".formatted(events);
  }

  @Override
  public String path() {
    return "/webhooks/mandrill";
  }

  @Override
  public int events() {
    return events;
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("mandrill.webhook.url", URL, "mandrill.webhook.keys", KEY);
  }

  @Override
  public WebhookRequest sign(String id) {
    long now = Instant.now().getEpochSecond();
    String entries =
        IntStream.range(0, events)
            .mapToObj(i ->
                """
                {"event":"delivered","_id":"%1$s-%2$d","ts":%3$d,"msg":{"ts":%3$d,"_id":"%1$s-%2$d",\
                "state":"sent","subject":"Order","email":"%1$s.%2$d@example.com",\
                "sender":"shop@sender.example","tags":[],"opens":[],"clicks":[],\
                "smtp_events":[{"diag":"250 OK","ts":%3$d,"type":"sent"}],\
                "metadata":{"ms_tenant":"bench","ms_stream":"mail"}}}\
                """
                    .formatted(id, i, now))
            .collect(Collectors.joining(",", "[", "]"));
    String signature =
        Base64.getEncoder().encodeToString(Macs.of(ALGORITHM, KEY, URL + EVENTS + entries));
    String body = EVENTS + "=" + URLEncoder.encode(entries, StandardCharsets.UTF_8);
    return new WebhookRequest(
        Map.of(SIGNATURE, signature, "content-type", "application/x-www-form-urlencoded"),
        body.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean verify(WebhookRequest callback) {
    return Digests.isMac(
        ALGORITHM,
        KEYS,
        Form.parse(callback.body()).orElseThrow().joined(URL),
        Base64.getDecoder().decode(callback.header(SIGNATURE).orElseThrow()));
  }
}
