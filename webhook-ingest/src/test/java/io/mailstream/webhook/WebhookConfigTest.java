package io.mailstream.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailstream.runtime.config.ConfigFaults;
import io.mailstream.webhook.provider.mailgun.MailgunSettings;
import io.mailstream.webhook.provider.mandrill.MandrillSettings;
import io.mailstream.webhook.provider.postmark.PostmarkSettings;
import io.mailstream.webhook.provider.sendgrid.SendGridSigner;
import io.mailstream.webhook.provider.ses.SesSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookConfigTest {

  private static final String ARN = "arn:aws:sns:eu-west-1:123456789012:mail";

  @Test
  void theDefaults() {
    WebhookConfig config = new WebhookConfig(minimal());

    assertThat(config.getInt("http.port")).isEqualTo(8090);
    assertThat(config.getString("http.host")).isEqualTo("127.0.0.1");
    assertThat(config.publishTimeout()).isEqualTo(Duration.ofSeconds(9));
    SesSettings ses = config.ses().orElseThrow();
    assertThat(ses.topics()).hasSize(1);
    assertThat(ses.replayWindow()).isEqualTo(Duration.ofHours(24));
    assertThat(ses.testCertificate()).isEmpty();
    assertThat(config.getLong("http.max.body.bytes")).isEqualTo(4 * 1024 * 1024);
    assertThat(ProviderConfig.sendGrid(config)).isEmpty();
    assertThat(ProviderConfig.mailgun(config)).isEmpty();
    assertThat(ProviderConfig.postmark(config)).isEmpty();
    assertThat(ProviderConfig.mandrill(config)).isEmpty();
  }

  @Test
  void theDefaultsOfEachEsp() {
    Map<String, String> values = withoutEsp();
    values.put("sendgrid.public.keys", new SendGridSigner().publicKey());
    values.put("mailgun.signing.keys", "key-1");
    values.put("postmark.secrets", "s3cret");
    values.put("mandrill.webhook.url", "https://hooks.example.com/webhooks/mandrill");
    values.put("mandrill.webhook.keys", "key-2");

    WebhookConfig config = new WebhookConfig(values);

    assertThat(config.ses()).isEmpty();
    assertThat(ProviderConfig.sendGrid(config).orElseThrow().replayWindow())
        .isEqualTo(Duration.ofHours(25));
    assertThat(ProviderConfig.mailgun(config).orElseThrow())
        .isEqualTo(new MailgunSettings(List.of("key-1"), Duration.ofHours(12)));
    assertThat(ProviderConfig.postmark(config).orElseThrow())
        .isEqualTo(new PostmarkSettings(List.of(), "x-mailstream-secret", List.of("s3cret")));
    assertThat(ProviderConfig.mandrill(config).orElseThrow())
        .isEqualTo(
            new MandrillSettings("https://hooks.example.com/webhooks/mandrill", List.of("key-2")));
  }

  @Test
  void everySettingOfEachEsp() {
    Map<String, String> values = minimal();
    values.put(
        "sendgrid.public.keys",
        new SendGridSigner().publicKey() + ", " + new SendGridSigner().publicKey());
    values.put("sendgrid.replay.window.ms", "60000");
    values.put("mailgun.signing.keys", "key-1, key-2");
    values.put("mailgun.replay.window.ms", "60000");
    values.put("postmark.basic.auth", "a:b,c:d:e");
    values.put("postmark.secret.header", "X-Secret");
    values.put("postmark.secrets", "one,two");
    values.put("mandrill.webhook.url", "https://hooks.example.com/webhooks/mandrill");
    values.put("mandrill.webhook.keys", "key-3,key-4");

    WebhookConfig config = new WebhookConfig(values);

    assertThat(ProviderConfig.sendGrid(config).orElseThrow().keys()).hasSize(2);
    assertThat(ProviderConfig.sendGrid(config).orElseThrow().replayWindow())
        .isEqualTo(Duration.ofMinutes(1));
    assertThat(ProviderConfig.mailgun(config).orElseThrow())
        .isEqualTo(new MailgunSettings(List.of("key-1", "key-2"), Duration.ofMinutes(1)));
    assertThat(ProviderConfig.postmark(config).orElseThrow())
        .isEqualTo(
            new PostmarkSettings(List.of("a:b", "c:d:e"), "x-secret", List.of("one", "two")));
    assertThat(ProviderConfig.mandrill(config).orElseThrow().keys())
        .containsExactly("key-3", "key-4");
  }

  @Test
  void whoIsNotToldOfAnyEspDoesNotStart() {
    assertThat(faults(withoutEsp()))
        .singleElement()
        .asString()
        .contains("no ESP is configured")
        .contains("ses.sns.topic.arns");
  }

  @Test
  void faultsOfTheEspsAreNamedAndSecretsAreNotShown() {
    Map<String, String> values = minimal();
    values.put("sendgrid.public.keys", "not-a-key");
    values.put("mailgun.signing.keys", "hush-1");
    values.put("mailgun.replay.window.ms", "90000000");
    values.put("postmark.basic.auth", "hush-2");
    values.put("mandrill.webhook.keys", "hush-3");

    assertThat(faults(values))
        .anyMatch(fault -> fault.startsWith("sendgrid.public.keys"))
        .anyMatch(fault -> fault.startsWith("mailgun.replay.window.ms"))
        .anyMatch(
            fault -> fault.startsWith("postmark.basic.auth") && fault.contains("user:password"))
        .anyMatch(fault -> fault.contains("mandrill.webhook.url is missing"))
        .noneMatch(fault -> fault.contains("hush"));

    values.put("mandrill.webhook.url", "hooks.example.com");
    assertThat(faults(values)).anyMatch(fault -> fault.startsWith("mandrill.webhook.url"));
  }

  @Test
  void settingsDoNotPrintSecrets() {
    assertThat(new MailgunSettings(List.of("hush"), Duration.ofHours(1)).toString())
        .doesNotContain("hush");
    assertThat(new PostmarkSettings(List.of("hush:1"), "h", List.of("hush")).toString())
        .doesNotContain("hush");
    assertThat(new MandrillSettings("https://a.example", List.of("hush")).toString())
        .doesNotContain("hush");
  }

  @Test
  void everySettingOfItsOwn() {
    Map<String, String> values = minimal();
    values.put("http.port", "0");
    values.put("publish.timeout.ms", "3000");
    values.put("ses.sns.topic.arns", ARN + ",arn:aws-cn:sns:cn-north-1:123456789012:other");
    values.put("ses.sns.replay.window.ms", "3600000");
    values.put("ses.sns.test.certificate", "http://127.0.0.1:8099/sns.pem");

    WebhookConfig config = new WebhookConfig(values);

    assertThat(config.getInt("http.port")).isZero();
    assertThat(config.publishTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.ses().orElseThrow().topics()).hasSize(2);
    assertThat(config.ses().orElseThrow().replayWindow()).isEqualTo(Duration.ofHours(1));
    assertThat(config.ses().orElseThrow().testCertificate()).isPresent();
  }

  @Test
  void everyFaultIsNamedAtOnce() {
    Map<String, String> values = minimal();
    values.put("ses.sns.topic.arns", "arn:aws:sqs:eu-west-1:123456789012:mail");
    values.put("publish.timeout.ms", "15000");
    values.put("producer.acks", "1");
    values.put("http.prot", "1");
    values.remove("schema.registry.url");
    values.put("http.host", "0.0.0.0");
    values.put("ses.sns.test.certificate", "https://sns.example.com/sns.pem");

    assertThat(faults(values))
        .anyMatch(fault -> fault.startsWith("ses.sns.topic.arns"))
        .anyMatch(fault -> fault.startsWith("publish.timeout.ms"))
        .anyMatch(fault -> fault.startsWith("producer.acks cannot be set"))
        .anyMatch(fault -> fault.contains("did you mean http.port?"))
        .anyMatch(fault -> fault.startsWith("schema.registry.url"))
        .anyMatch(fault -> fault.startsWith("ses.sns.test.certificate"))
        .anyMatch(fault -> fault.startsWith("http.host"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://sns.eu-west-1.amazonaws.com/x.pem",
        "http://0.0.0.0:8099/x.pem",
        "http://127.0.0.1@evil.example/x.pem",
        "http://user@127.0.0.1/x.pem",
        "file:///tmp/x.pem",
        "x.pem"
      })
  void aTestCertificateIsOnLoopback(String url) {
    Map<String, String> values = minimal();
    values.put("ses.sns.test.certificate", url);

    assertThat(faults(values)).singleElement().asString().contains("on loopback");
  }

  @Test
  void whoTrustsATestCertificateListensOnLoopback() {
    Map<String, String> values = minimal();
    values.put("ses.sns.test.certificate", "http://127.0.0.1:8099/x.pem");
    values.put("http.host", "0.0.0.0");

    assertThat(faults(values)).singleElement().asString().contains("must not be reachable");
  }

  private static List<String> faults(Map<String, String> values) {
    return catchThrowableOfType(ConfigFaults.class, () -> new WebhookConfig(values)).faults();
  }

  private static Map<String, String> minimal() {
    Map<String, String> values = withoutEsp();
    values.put("ses.sns.topic.arns", ARN);
    return values;
  }

  private static Map<String, String> withoutEsp() {
    return new HashMap<>(
        Map.of(
            "bootstrap.servers", "127.0.0.1:9092",
            "schema.registry.url", "http://127.0.0.1:8081"));
  }
}
