package io.mailstream.sender.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailstream.policy.Account;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What accounts must have, kind by kind: every fault at once, and no secret in any. */
class ProviderFactoryTest {

  private static EmailProvider create(
      String kind, Map<String, String> settings, Map<String, String> credentials) {
    return ProviderFactory.create(
        new Account("main", kind, Optional.empty(), settings), credentials);
  }

  private static void requireFaults(
      String kind, Map<String, String> settings, String credential, String... faults) {
    assertThatThrownBy(() -> create(kind, settings, Map.of(credential, "hidden\u0007key")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("account main: ")
        .hasMessageContainingAll(faults)
        .hasMessageNotContaining("hidden");
  }

  @Test
  void allFaultsAtOnceWithoutSecrets() {
    requireFaults(
        "sendgrid",
        Map.of("endpoint", "https://user:pw@x", "call_timeout", "0s", "region", "eu"),
        "accounts.main.api.key",
        "endpoint is no http",
        "call_timeout is '0s'",
        "region is no setting of SendGrid",
        "accounts.main.api.key has control characters");
    requireFaults(
        "mailgun",
        Map.of("domain", "mg/../v3", "region", "mars", "max_connections", "0"),
        "accounts.main.api.key",
        "domain is 'mg/../v3'",
        "region is 'mars': give one of [us, eu]",
        "max_connections is '0'",
        "accounts.main.api.key has control characters");
    requireFaults(
        "postmark",
        Map.of("message_stream", "a b", "stream", "x"),
        "accounts.main.server.token",
        "message_stream is 'a b'",
        "stream is no setting of Postmark",
        "accounts.main.server.token has control characters");
    requireFaults(
        "mandrill",
        Map.of("subaccount", "a\r\nBcc: b@c.org"),
        "accounts.main.api.key",
        "subaccount is",
        "accounts.main.api.key has control characters");
    requireFaults(
        "smtp",
        Map.of("port", "70000", "tls", "maybe", "return_path", "nobody", "endpoint", "x"),
        "accounts.main.password",
        "host is missing",
        "port is '70000'",
        "tls is 'maybe': give one of [starttls, implicit, none]",
        "return_path is no address",
        "endpoint is no setting of SMTP",
        "accounts.main.user and accounts.main.password belong together",
        "accounts.main.password has control characters");
  }

  @Test
  void passwordDoesNotTravelInPlainTextButToLoopback() {
    Map<String, String> login = Map.of("accounts.main.user", "u", "accounts.main.password", "p");
    create("smtp", Map.of("host", "127.0.0.1", "tls", "none"), login).close();
    create("smtp", Map.of("host", "relay.example.com", "tls", "none"), Map.of()).close();
    create("smtp", Map.of("host", "relay.example.com"), login).close();
    assertThatThrownBy(
            () -> create("smtp", Map.of("host", "relay.example.com", "tls", "none"), login))
        .hasMessageContaining("plain text");
  }

  @ParameterizedTest
  @CsvSource({
    "sendgrid, api.key",
    "mailgun, api.key",
    "postmark, server.token",
    "mandrill, api.key"
  })
  void missingCredentialIsNamedByItsFullKey(String kind, String key) {
    assertThatThrownBy(() -> create(kind, Map.of(), Map.of("accounts.other." + key, "x")))
        .hasMessageContaining("accounts.main." + key + " is missing");
  }

  @Test
  void regionOfMailgunIsEnough() {
    try (EmailProvider provider =
        create(
            "mailgun",
            Map.of("domain", "mg.example.com", "region", "eu"),
            Map.of("accounts.main.api.key", "x"))) {
      assertThat(provider.quota()).isEmpty();
    }
  }

  @Test
  void unknownKindIsNamedWithWhatThereIs() {
    assertThatThrownBy(() -> create("sez", Map.of(), Map.of()))
        .hasMessageContainingAll("main", "'sez'", "ses", "sendgrid", "mandrill", "smtp");
  }
}
