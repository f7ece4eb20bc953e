package io.mailstream.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceConfigTest {

  @TempDir Path dir;

  /** A service with one setting of each kind that matters here. */
  private static final class TestConfig extends ServiceConfig {

    static final ConfigDef DEF =
        CommonConfig.add(new ConfigDef())
            .define(
                "open.sends",
                ConfigDef.Type.INT,
                200,
                Range.between(1, 1000),
                Importance.HIGH,
                "Sends open at a time.")
            .define("region", ConfigDef.Type.STRING, Importance.HIGH, "Where the account is.")
            .define(
                "shared.secret",
                ConfigDef.Type.PASSWORD,
                "",
                new UpTo20(),
                Importance.HIGH,
                "Secret.");

    TestConfig(Map<String, String> values) {
      super(DEF, values, prefixes());
    }

    static Map<String, Map<String, String>> prefixes() {
      Map<String, Map<String, String>> prefixes = CommonConfig.passThrough();
      prefixes.put(
          "streams.",
          Map.of(
              "processing.guarantee", "promise 2 rests on exactly-once v2",
              "*.isolation.level", "aborted records must not be seen"));
      return prefixes;
    }
  }

  private record UpTo20() implements ConfigDef.Validator {
    @Override
    public void ensureValid(String name, Object value) {
      if (((Password) value).value().length() > 20) {
        throw new org.apache.kafka.common.config.ConfigException(
            name, ((Password) value).value(), "too long");
      }
    }

    @Override
    public String toString() {
      return "up to 20 characters";
    }
  }

  private static Map<String, String> valid(String... more) {
    Map<String, String> values = new HashMap<>();
    values.put("bootstrap.servers", "127.0.0.1:9092");
    values.put("schema.registry.url", "http://127.0.0.1:8081");
    values.put("region", "eu-central-1");
    for (int i = 0; i < more.length; i += 2) {
      values.put(more[i], more[i + 1]);
    }
    return values;
  }

  private static List<String> faultsOf(Map<String, String> values) {
    return catchThrowableOfType(ConfigFaults.class, () -> new TestConfig(values)).faults();
  }

  @Test
  void allFaultsComeAtOnceWithKeyValueAndWhatIsAllowed() {
    Map<String, String> values =
        valid(
            "http.port", "70000",
            "open.sends", "many",
            "log.addresses", "plain",
            "open.send", "3",
            "streams.processing.guarantee", "at_least_once");
    values.remove("region");
    values.remove("bootstrap.servers");

    assertThat(faultsOf(values))
        .containsExactlyInAnyOrder(
            "open.send is not a known key: did you mean open.sends?",
            "streams.processing.guarantee cannot be set: promise 2 rests on exactly-once v2."
                + " Remove it.",
            "bootstrap.servers is missing: The Kafka brokers to start from, as host:port, separated"
                + " by commas. Allowed: list",
            "region is missing: Where the account is. Allowed: string",
            "http.port = '70000' is not allowed: Value must be no more than 65535. Allowed: int,"
                + " [0,...,65535]",
            "open.sends = 'many' is not allowed: Not a number of type INT. Allowed: int,"
                + " [1,...,1000]",
            "log.addresses = 'plain' is not allowed: String must be one of: masked, clear. Allowed:"
                + " string, [masked, clear]");
  }

  @Test
  void aSecretIsNotShownInAFault() {
    List<String> faults = faultsOf(valid("shared.secret", "a-secret-that-is-too-long"));

    assertThat(faults)
        .containsExactly(
            "shared.secret has a value that is not allowed (not shown: it is a secret). Allowed:"
                + " password, up to 20 characters");
  }

  private static final class ApiConfig extends ServiceConfig {
    ApiConfig(Map<String, String> values) {
      super(TestConfig.DEF, values, TestConfig.prefixes(), CommonConfig::apiFaults);
    }
  }

  @Test
  void anApiBeyondLoopbackNeedsAToken() {
    Map<String, String> open = valid("http.host", "0.0.0.0", "open.sends", "0");

    assertThat(catchThrowableOfType(ConfigFaults.class, () -> new ApiConfig(open)).faults())
        .containsExactlyInAnyOrder(
            "open.sends = '0' is not allowed: Value must be at least 1. Allowed: int, [1,...,1000]",
            "http.host = '0.0.0.0' is beyond loopback and no token guards the API: set api.tokens,"
                + " or leave http.host at 127.0.0.1");
    assertThat(new ApiConfig(valid("http.host", "0.0.0.0", "api.tokens", "t"))).isNotNull();
    assertThat(new ApiConfig(valid("api.tokens", ""))).isNotNull();
  }

  @Test
  void aKeyThatIsNearNothingIsStillAFault() {
    assertThat(faultsOf(valid("completely.else", "1")))
        .containsExactly(
            "completely.else is not a known key: remove it, or see the configuration reference for"
                + " the keys there are");
  }

  @Test
  void aLockedKeyIsFoundBelowFurtherPrefixes() {
    assertThat(faultsOf(valid("streams.main.consumer.isolation.level", "read_uncommitted")))
        .singleElement()
        .asString()
        .contains("aborted records must not be seen");
    assertThat(faultsOf(valid("streams.isolation.level", "read_uncommitted"))).hasSize(1);
    assertThat(new TestConfig(valid("streams.num.stream.threads", "2")).passThrough("streams."))
        .isEqualTo(Map.of("num.stream.threads", "2"));
  }

  @Test
  void variablesAreResolvedFromEnvironmentFilesAndDirectories() throws Exception {
    Path secrets = dir.resolve("secrets.properties");
    Files.writeString(secrets, "jaas=PlainLoginModule required password=\"s3cret\";\n");
    Files.writeString(dir.resolve("token"), "t0ken");

    TestConfig config =
        new TestConfig(
            valid(
                "region", "${env:PATH}",
                "kafka.sasl.jaas.config", "${file:" + secrets + ":jaas}",
                "api.tokens", "${dir:" + dir + ":token},second"));

    assertThat(config.getString("region")).isEqualTo(System.getenv("PATH"));
    assertThat(CommonConfig.apiTokens(config)).containsExactly("t0ken", "second");
    assertThat(CommonConfig.kafkaClient(config))
        .containsEntry("bootstrap.servers", "127.0.0.1:9092")
        .containsEntry(
            "sasl.jaas.config", new Password("PlainLoginModule required password=\"s3cret\";"));
    assertThat(config.passThrough("kafka.").toString()).doesNotContain("s3cret");
  }

  @Test
  void aVariableThatCannotBeResolvedIsAFault() {
    assertThat(
            faultsOf(
                valid(
                    "region", "${env:MAILSTREAM_TEST_SURELY_NOT_SET}",
                    "api.tokens", "${vault:secret:token}",
                    "kafka.ssl.key.password", "${file:" + dir.resolve("missing") + ":key}",
                    "http.port", "${env:MAILSTREAM_TEST_SURELY_NOT_SET}")))
        .hasSize(4)
        .anyMatch(f -> f.startsWith("region: ${env:MAILSTREAM_TEST_SURELY_NOT_SET} cannot be"))
        .anyMatch(f -> f.startsWith("http.port: ${env:MAILSTREAM_TEST_SURELY_NOT_SET} cannot be"))
        .anyMatch(f -> f.startsWith("api.tokens: ${vault:secret:token} names the config provider"))
        .anyMatch(f -> f.startsWith("kafka.ssl.key.password: ${file:"));
  }

  @Test
  void aFurtherProviderIsUsedByItsClass() {
    TestConfig config =
        new TestConfig(
            valid(
                "config.providers", "own",
                "config.providers.own.class", FixedProvider.class.getName(),
                "config.providers.own.param.answer", "42",
                "region", "${own:any}"));

    assertThat(config.getString("region")).isEqualTo("42");
    assertThat(faultsOf(valid("config.providers", "own")))
        .containsExactly(
            "config.providers.own.class is missing: name the class of the provider 'own'");
    assertThat(
            faultsOf(valid("config.providers", "own", "config.providers.own.class", "no.such.One")))
        .singleElement()
        .asString()
        .contains("no.such.One");
  }

  @Test
  void registrySettingsReachTheSerdesByConfluentsNames() {
    TestConfig config =
        new TestConfig(
            valid(
                "schema.registry.basic.auth.user.info", "user:pass",
                "schema.registry.ssl.truststore.location", "/t.p12"));

    assertThat(CommonConfig.serdes(config))
        .isEqualTo(
            Map.of(
                "schema.registry.url", "http://127.0.0.1:8081",
                "basic.auth.user.info", "user:pass",
                "schema.registry.ssl.truststore.location", "/t.p12"));
  }

  @Test
  void theReferenceNamesEveryKeyAndEveryLock() {
    String reference = ConfigReference.markdown("Settings", TestConfig.DEF, TestConfig.prefixes());

    assertThat(TestConfig.DEF.names()).allSatisfy(key -> assertThat(reference).contains(key));
    assertThat(reference)
        .contains("| `region` | string | **required** |  | Where the account is. |")
        .contains("| `open.sends` | int | `200` | [1,...,1000] | Sends open at a time. |")
        .contains("| `api.tokens` | password | none |")
        .contains("| `streams.processing.guarantee` | promise 2 rests on exactly-once v2 |");
  }
}
