package io.mailstream.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailstream.runtime.config.ConfigFaults;
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
    SesSettings ses = config.ses();
    assertThat(ses.topics()).hasSize(1);
    assertThat(ses.replayWindow()).isEqualTo(Duration.ofHours(24));
    assertThat(ses.testCertificate()).isEmpty();
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
    assertThat(config.ses().topics()).hasSize(2);
    assertThat(config.ses().replayWindow()).isEqualTo(Duration.ofHours(1));
    assertThat(config.ses().testCertificate()).isPresent();
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
    return new HashMap<>(
        Map.of(
            "bootstrap.servers", "127.0.0.1:9092",
            "schema.registry.url", "http://127.0.0.1:8081",
            "ses.sns.topic.arns", ARN));
  }
}
