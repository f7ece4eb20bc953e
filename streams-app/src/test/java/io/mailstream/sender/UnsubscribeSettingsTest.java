package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailstream.policy.Policies;
import io.mailstream.policy.PolicyLoader;
import io.mailstream.runtime.config.ServiceConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnsubscribeSettingsTest {

  private static final String KEYS = "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  private static final Policies WITHOUT = policies("news: {}");
  private static final Policies WITH = policies("news: {subscription: true}");

  private static Policies policies(String streams) {
    return PolicyLoader.load(
        """
        accounts: {main: {provider: ses}}
        tenants: {acme: {from_domains: "*", streams: {%s}}}
        """
            .formatted(streams));
  }

  /** The settings by themselves, with the checks that the service makes. */
  private static final class Config extends ServiceConfig {
    Config(Map<String, String> values) {
      super(
          UnsubscribeSettings.define(new ConfigDef()),
          values,
          Map.of(),
          UnsubscribeSettings::faults);
    }
  }

  @Test
  void withoutASubscriptionNothingIsNeeded() {
    assertThat(UnsubscribeSettings.of(new Config(Map.of()), WITHOUT)).isEmpty();
  }

  @Test
  void aSubscriptionNeedsUrlAndKeys() {
    assertThatThrownBy(() -> UnsubscribeSettings.of(new Config(Map.of()), WITH))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tenants.acme.streams.news")
        .hasMessageContaining("unsubscribe.url")
        .hasMessageContaining("unsubscribe.keys");
  }

  @Test
  void whatIsSetIsTaken() {
    UnsubscribeSettings settings =
        UnsubscribeSettings.of(
                new Config(
                    Map.of(
                        "unsubscribe.url",
                        "https://mail.example.com/unsubscribe/",
                        "unsubscribe.keys",
                        KEYS,
                        "unsubscribe.mailto",
                        "stop@example.com",
                        "unsubscribe.expires.after.ms",
                        "2592000000")),
                WITH)
            .orElseThrow();

    assertThat(settings.url()).isEqualTo("https://mail.example.com/unsubscribe");
    assertThat(settings.mailto()).hasValue("stop@example.com");
    assertThat(settings.validity()).isEqualTo(Duration.ofDays(30));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://mail.example.com/u",
        "mail.example.com",
        "https:///u",
        "https://a@b.example/u",
        "https://a.example/u?x=1",
        "https://a.example/u#x",
        "https://a.example/ü",
        "https://a.example/>,<x"
      })
  void anUrlThatRecipientsCannotBeGivenIsRefused(String url) {
    assertThat(UnsubscribeSettings.faults(Map.of("unsubscribe.url", url, "unsubscribe.keys", KEYS)))
        .singleElement()
        .asString()
        .startsWith("unsubscribe.url = '" + url + "'");
  }

  @Test
  void otherFaultsAreNamedAndSecretsNotShown() {
    String url = "https://a.example/u";
    assertThat(UnsubscribeSettings.faults(Map.of("unsubscribe.url", url)))
        .containsExactly("unsubscribe.url is set without unsubscribe.keys: set both");
    assertThat(
            UnsubscribeSettings.faults(
                Map.of("unsubscribe.url", url, "unsubscribe.keys", "geheim")))
        .singleElement()
        .asString()
        .contains("unsubscribe.keys", "openssl rand -base64 32")
        .doesNotContain("geheim");
    for (String mailto : List.of("stop", "a b@c.example", "ä@b.example", "a@b.example>,<x")) {
      assertThat(
              UnsubscribeSettings.faults(
                  Map.of(
                      "unsubscribe.url",
                      url,
                      "unsubscribe.keys",
                      KEYS,
                      "unsubscribe.mailto",
                      mailto)))
          .as(mailto)
          .singleElement()
          .asString()
          .contains("unsubscribe.mailto");
    }
    assertThat(
            UnsubscribeSettings.faults(
                Map.of("unsubscribe.url", "http://127.0.0.1:8090/u", "unsubscribe.keys", KEYS)))
        .isEmpty();
  }
}
