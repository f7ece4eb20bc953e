package io.mailstream.sender.provider.ses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailstream.policy.Account;
import io.mailstream.sender.provider.ProviderFactory;
import io.mailstream.sender.provider.common.CallSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SesSettingsTest {

  private static SesSettings settings(Map<String, String> settings, Map<String, String> config) {
    return SesSettings.of(new Account("main", "ses", Optional.empty(), settings), config);
  }

  @Test
  void defaults() {
    assertThat(settings(Map.of("region", "eu-west-1"), Map.of()))
        .isEqualTo(
            new SesSettings(
                "eu-west-1",
                Optional.empty(),
                Optional.empty(),
                CallSettings.HTTP,
                Optional.empty()));
  }

  @Test
  void everySetting() {
    assertThat(
            settings(
                Map.of(
                    "region", "us-gov-west-1",
                    "endpoint", "http://127.0.0.1:8099",
                    "configuration_set", "events",
                    "call_timeout", "1m",
                    "connect_timeout", "500ms",
                    "idle_timeout", "5s",
                    "max_connections", "64"),
                Map.of(
                    "accounts.main.access.key.id", "AKID",
                    "accounts.main.secret.access.key", "secret",
                    "accounts.main.session.token", "token",
                    "accounts.other.access.key.id", "ignored")))
        .isEqualTo(
            new SesSettings(
                "us-gov-west-1",
                Optional.of(URI.create("http://127.0.0.1:8099")),
                Optional.of("events"),
                new CallSettings(
                    Duration.ofMinutes(1), Duration.ofMillis(500), Duration.ofSeconds(5), 64),
                Optional.of(new SesSettings.Credentials("AKID", "secret", Optional.of("token")))));
  }

  @Test
  void allFaultsAtOnceWithoutSecrets() {
    assertThatThrownBy(() ->
            settings(
                Map.of(
                    "endpoint", "ftp://x",
                    "configuration_set", "a b",
                    "call_timeout", "10",
                    "connect_timeout", "2m",
                    "max_connections", "0",
                    "config_set", "x"),
                Map.of("accounts.main.secret.access.key", "hidden-key")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "account main",
            "region is missing",
            "endpoint is no",
            "configuration_set is 'a b'",
            "call_timeout is '10'",
            "connect_timeout is '2m'",
            "max_connections is '0'",
            "config_set is no setting",
            "accounts.main.access.key.id")
        .hasMessageNotContaining("hidden-key");
  }

  @Test
  void credentialsAreNeverPartOfAText() {
    SesSettings settings =
        settings(
            Map.of("region", "eu-west-1"),
            Map.of(
                "accounts.main.access.key.id", "AKID",
                "accounts.main.secret.access.key", "hidden-key"));
    assertThat(settings.toString()).doesNotContain("hidden-key");
  }

  @Test
  void unknownProviderIsNamed() {
    assertThatThrownBy(() ->
            ProviderFactory.create(
                new Account("main", "sez", Optional.empty(), Map.of()), Map.of()))
        .hasMessageContainingAll("main", "sez", "give ses");
  }
}
