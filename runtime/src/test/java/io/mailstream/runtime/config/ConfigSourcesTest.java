package io.mailstream.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigSourcesTest {

  @TempDir Path dir;

  @Test
  void theEnvironmentWinsOverTheFileAndOverridesOverBoth() throws Exception {
    Path file = dir.resolve("app.properties");
    Files.writeString(file, "a=file\nb=file\nc=file\nname=Grüße\n");

    assertThat(
            ConfigSources.load(
                Optional.of(file),
                Map.of("MAILSTREAM_B", "env", "MAILSTREAM_C", "env", "HOME", "/root"),
                Map.of("c", "override")))
        .isEqualTo(Map.of("a", "file", "b", "env", "c", "override", "name", "Grüße"));
  }

  @ParameterizedTest
  @CsvSource({
    "MAILSTREAM_HTTP_PORT, http.port",
    "MAILSTREAM_ACCOUNTS_SES__EU_ACCESS_KEY_ID, accounts.ses_eu.access.key.id",
    "MAILSTREAM_ACCOUNTS_SES___EU_SESSION_TOKEN, accounts.ses-eu.session.token"
  })
  void anEnvironmentVariableSetsTheKeyOfItsName(String variable, String key) {
    assertThat(ConfigSources.load(Optional.empty(), Map.of(variable, "v"), Map.of()))
        .isEqualTo(Map.of(key, "v"));
  }

  @Test
  void whatKubernetesSaysOfAServiceIsNoSetting() {
    Map<String, String> links =
        Map.of(
            "MAILSTREAM_SERVICE_HOST", "10.0.0.1",
            "MAILSTREAM_QUERY_SERVICE_PORT", "8080",
            "MAILSTREAM_QUERY_SERVICE_PORT_HTTP", "8080",
            "MAILSTREAM_HTTP_PORT", "tcp://10.0.0.1:8080",
            "MAILSTREAM_PORT_8080_TCP", "tcp://10.0.0.1:8080",
            "MAILSTREAM_PORT_8080_TCP_ADDR", "10.0.0.1",
            "MAILSTREAM_HTTP_HOST", "0.0.0.0");

    assertThat(ConfigSources.load(Optional.empty(), links, Map.of()))
        .isEqualTo(Map.of("http.host", "0.0.0.0"));
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    Path missing = dir.resolve("missing.properties");

    assertThatThrownBy(() -> ConfigSources.load(Optional.of(missing), Map.of(), Map.of()))
        .isInstanceOf(ConfigFaults.class)
        .hasMessageContaining(missing.toString())
        .hasMessageContaining("NoSuchFileException");
  }
}
