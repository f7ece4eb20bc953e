package io.mailstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AvroSerdeConfigTest {

  private static final String URL = "http://localhost:8081";

  @Test
  void defaultsAreConfluentsWhereConfluentHasThem() {
    AvroSerdeConfig config = config(Map.of());

    assertThat(config.getBoolean("auto.register.schemas")).isTrue();
    assertThat(config.getBoolean("use.latest.version")).isFalse();
    assertThat(config.getBoolean("specific.avro.reader")).isNull();
    assertThat(config.getString("bearer.auth.credentials.source")).isEqualTo("STATIC_TOKEN");
    assertThat(config.getInt("max.schemas.per.subject")).isEqualTo(1_000);
    assertThat(config.getLong("mailstream.registry.retry.timeout.ms")).isEqualTo(60_000);
    assertThat(config.getClass("avro.serializer.class")).isEqualTo(MailstreamAvroSerializer.class);
    assertThat(config.getClass("avro.deserializer.class"))
        .isEqualTo(MailstreamAvroDeserializer.class);
  }

  @Test
  void everySettingIsTakenAsText() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("schema.registry.url", "https://a.example/apis/ccompat/v7/ , http://b.example:81");
    settings.put("auto.register.schemas", "false");
    settings.put("use.latest.version", "true");
    settings.put("specific.avro.reader", "true");
    settings.put("specific.avro.value.type", "io.mailstream.v1.Mailbox");
    settings.put(
        "value.subject.name.strategy", "io.confluent.kafka.serializers.subject.TopicNameStrategy");
    settings.put("key.subject.name.strategy", "TopicNameStrategy");
    settings.put("basic.auth.credentials.source", "USER_INFO");
    settings.put("basic.auth.user.info", "u:p");
    settings.put("schema.registry.http.connect.timeout.ms", "11");
    settings.put("http.read.timeout.ms", "12");
    settings.put("mailstream.registry.retry.timeout.ms", "13");
    settings.put("retries.wait.ms", "14");
    settings.put("retries.max.wait.ms", "15");
    settings.put("max.schemas.per.subject", "16");
    settings.put("mailstream.registry.compatibility", "FULL");

    AvroSerdeConfig config = new AvroSerdeConfig(settings);

    assertThat(config.urls())
        .containsExactly(
            URI.create("https://a.example/apis/ccompat/v7"), URI.create("http://b.example:81"));
    assertThat(config.getInt("http.connect.timeout.ms")).isEqualTo(11);
    assertThat(config.getInt("http.read.timeout.ms")).isEqualTo(12);
    assertThat(config.getLong("retries.max.wait.ms")).isEqualTo(15);
    assertThat(config.authorization(URI.create(URL))).isEqualTo("Basic dTpw");
    assertThat(config.getString("mailstream.registry.compatibility")).isEqualTo("FULL");
  }

  @Test
  void everySettingIsDocumented() {
    assertThat(AvroSerdeConfig.configDef().configKeys().values())
        .allSatisfy(key -> assertThat(key.documentation).as(key.name).isNotBlank());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "localhost:8081", "mock://scope", "http://", "http://a b", "http://h/?q=1"})
  void aUrlThatIsNoneIsRefused(String url) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> new AvroSerdeConfig(Map.of("schema.registry.url", url)))
        .withMessageContaining("schema.registry.url");
  }

  @Test
  void theUrlMustBeThere() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> new AvroSerdeConfig(Map.of()))
        .withMessageContaining("schema.registry.url");
  }

  @ParameterizedTest
  @CsvSource({
    "value.subject.name.strategy, io.confluent.kafka.serializers.subject.RecordNameStrategy",
    "key.subject.name.strategy, TopicRecordNameStrategy"
  })
  void otherStrategiesAreRefusedWithTheWayOut(String key, String strategy) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> config(Map.of(key, strategy)))
        .withMessageContaining(key)
        .withMessageContaining("only TopicNameStrategy")
        .withMessageContaining("avro.serializer.class");
  }

  @Test
  void aStrategyMayBeGivenAsAClass() {
    assertThat(config(Map.of("value.subject.name.strategy", TopicNameStrategy.class)).urls())
        .containsExactly(URI.create(URL));
  }

  @ParameterizedTest
  @CsvSource({
    "basic.auth.credentials.source, SASL_INHERIT",
    "bearer.auth.credentials.source, OAUTHBEARER",
    "basic.auth.credentials.source, USER_INFO",
    "basic.auth.user.info, secretwithoutcolon",
    "mailstream.registry.retry.timeout.ms, -1",
    "auto.register.schemas, maybe",
    "mailstream.registry.compatibility, SOMETIMES"
  })
  void whatIsNotBuiltOrContradictsItselfIsRefused(String key, String value) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> config(Map.of(key, value)))
        .withMessageNotContaining("secretwithoutcolon");
  }

  @Test
  void twoKindsOfCredentialsAreRefused() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> config(Map.of("basic.auth.user.info", "u:p", "bearer.auth.token", "t")))
        .withMessageContaining("choose one");
  }

  @Test
  void secretsAreNotShown() {
    AvroSerdeConfig config = config(Map.of("schema.registry.basic.auth.user.info", "ada:lovelace"));

    assertThat(config.values().toString()).doesNotContain("lovelace");
    assertThat(config.authorization(URI.create(URL))).isEqualTo("Basic YWRhOmxvdmVsYWNl");
  }

  private static AvroSerdeConfig config(Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("schema.registry.url", List.of(URL));
    return new AvroSerdeConfig(settings);
  }

  /** Stands for Confluent's class of that name. */
  private static final class TopicNameStrategy {}
}
