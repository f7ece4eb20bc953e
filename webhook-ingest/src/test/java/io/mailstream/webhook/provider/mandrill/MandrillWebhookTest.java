package io.mailstream.webhook.provider.mandrill;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.v1.FeedbackType;
import io.mailstream.webhook.form.Form;
import io.mailstream.webhook.provider.Receipt;
import io.mailstream.webhook.provider.Receipt.Authentic;
import io.mailstream.webhook.provider.Receipt.Done;
import io.mailstream.webhook.provider.Receipt.Refused;
import io.mailstream.webhook.provider.WebhookContract;
import io.mailstream.webhook.provider.WebhookProvider;
import io.mailstream.webhook.provider.WebhookRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MandrillWebhookTest implements WebhookContract {

  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final String URL = "https://hooks.example.com/webhooks/mandrill?a=b";
  private static final MandrillSigner SIGNER = new MandrillSigner(URL, "first-key");
  private static final MandrillSigner TRIAL = new MandrillSigner(URL, "test-webhook");
  private static final String BOUNCE =
      """
      {"event":"hard_bounce","ts":1760000000,"_id":"m1","msg":{"_id":"m1",
       "email":"jane@example.com","bounce_description":"bad_mailbox",
       "diag":"smtp;550 5.1.1 Jos\u00e9: user unknown & more","metadata":{"ms_delivery_id":"d1",
       "ms_tenant":"shop","ms_stream":"news","campaign":"autumn"}}}\
      """;
  private static final String COMPLAINT =
      """
      {"event":"spam","ts":1760000100,"_id":"m1","msg":{"_id":"m1","email":"jane@example.com"}}\
      """;

  private final MandrillWebhook webhook =
      new MandrillWebhook(new MandrillSettings(URL, List.of("first-key", "next-key")));

  @Override
  public WebhookProvider provider() {
    return webhook;
  }

  @Override
  public Instant now() {
    return NOW;
  }

  @Override
  public WebhookRequest hardBounce() {
    return authentic("[" + BOUNCE + "]");
  }

  @Override
  public WebhookRequest complaint() {
    return authentic("[" + COMPLAINT + "]");
  }

  @Override
  public WebhookRequest unknownEvent() {
    return authentic("[" + BOUNCE.replace("hard_bounce", "teleported") + "]");
  }

  @Override
  public WebhookRequest hardBounceWithTrace(String traceparent) {
    return authentic("[" + WebhookContract.withTrace(BOUNCE, traceparent) + "]");
  }

  @Override
  public WebhookRequest hardBounceOf(String recipient) {
    return authentic("[" + BOUNCE.replace("jane@example.com", recipient) + "]");
  }

  @Override
  public WebhookRequest authentic(String content) {
    return SIGNER.sign(content);
  }

  @Override
  public Optional<WebhookRequest> batchWithOneBadEntry() {
    return Optional.of(authentic("[" + BOUNCE + ",{\"event\":\"spam\"}," + COMPLAINT + "]"));
  }

  @Override
  public Map<Part, WebhookRequest> forgeries() {
    String events = "[" + BOUNCE + "]";
    String signature = SIGNER.signature(Map.of("mandrill_events", events));
    return Map.of(
        Part.BODY,
        MandrillSigner.request(
            Map.of("mandrill_events", events.replace("jane@", "june@")), signature),
        Part.SIGNATURE,
        MandrillSigner.request(
            Map.of("mandrill_events", events), SIGNER.signature(Map.of("mandrill_events", "[]"))),
        Part.URL,
        new MandrillSigner("https://hooks.example.com/webhooks/mandrill", "first-key").sign(events),
        Part.KEY,
        new MandrillSigner(URL, "no-key-of-ours").sign(events));
  }

  /** No time and no token are signed: a repeat changes nothing, since its events have their ids. */
  @Override
  public Set<Part> notCovered() {
    return Set.of(Part.TIMESTAMP, Part.TOKEN);
  }

  @Override
  public byte[] covered(WebhookRequest request) {
    return Form.parse(request.body()).map(form -> form.joined("")).orElse(null);
  }

  @Test
  void eachOfSeveralKeysIsTaken() {
    assertThat(
            webhook.receive(new MandrillSigner(URL, "next-key").sign("[" + COMPLAINT + "]"), NOW))
        .isInstanceOf(Authentic.class);
  }

  @Test
  void theTrialKeyIsForTheEmptyArrayOnly() {
    assertThat(webhook.receive(TRIAL.sign("[]"), NOW)).isEqualTo(new Done("trial"));
    assertThat(webhook.receive(TRIAL.sign(" [ ] "), NOW)).isEqualTo(new Done("trial"));
    for (String events :
        List.of("[" + BOUNCE + "]", "[{}]", "[[]]", "[null]", "", "{}", "null", "hello")) {
      assertThat(webhook.receive(TRIAL.sign(events), NOW)).as(events).isInstanceOf(Refused.class);
    }
  }

  @Test
  void anEmptyArrayUnderARealKeyIsAcknowledged() {
    assertThat(webhook.receive(SIGNER.sign("[]"), NOW)).isEqualTo(new Done("no_bearing"));
  }

  @Test
  void everyParameterIsSignedInOrderOfTheNames() {
    Map<String, String> parameters = new TreeMap<>();
    parameters.put("zebra", "1");
    parameters.put("alpha", "\u00e4 ö&=%+");
    parameters.put("mandrill_events", "[" + COMPLAINT + "]");
    String signature = SIGNER.signature(parameters);

    assertThat(webhook.receive(MandrillSigner.request(parameters, signature), NOW))
        .isInstanceOf(Authentic.class);
    parameters.put("zebra", "2");
    assertThat(webhook.receive(MandrillSigner.request(parameters, signature), NOW))
        .isInstanceOf(Refused.class);
    parameters.remove("zebra");
    assertThat(webhook.receive(MandrillSigner.request(parameters, signature), NOW))
        .isInstanceOf(Refused.class);
  }

  @Test
  void aFormThatIsNoneIsRefused() {
    String good = "mandrill_events=%5B%5D";
    for (String body :
        List.of(
            good + "&" + good, "mandrill_events=%", "mandrill_events=%5", "a=b", "%zz=1", "&&")) {
      Receipt receipt =
          webhook.receive(new WebhookRequest(Map.of(), body.getBytes(StandardCharsets.UTF_8)), NOW);
      assertThat(((Refused) receipt).status()).as(body).isEqualTo(400);
    }
  }

  @Test
  void aThousandEventsAtOnce() {
    String events =
        IntStream.range(0, 1000)
            .mapToObj(i -> COMPLAINT.replace("\"_id\":\"m1\"", "\"_id\":\"m" + i + "\""))
            .collect(Collectors.joining(",", "[", "]"));

    Authentic receipt = (Authentic) webhook.receive(SIGNER.sign(events), NOW);

    assertThat(receipt.events())
        .hasSize(1000)
        .allMatch(event -> event.getType() == FeedbackType.COMPLAINED)
        .extracting(event -> event.getEventId())
        .doesNotHaveDuplicates();
    assertThat(receipt.unknown()).isEmpty();
  }

  @Test
  void whatIsNotAsciiIsTakenByItsBytes() {
    Authentic receipt = (Authentic) webhook.receive(hardBounce(), NOW);

    assertThat(receipt.events().getFirst().getBounce().getDiagnostic()).contains("José: user");
  }

  @Test
  void mandrillProbesByHead() {
    assertThat(webhook.isProbedByHead()).isTrue();
  }
}
