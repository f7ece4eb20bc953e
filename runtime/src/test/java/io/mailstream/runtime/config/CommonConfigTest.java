package io.mailstream.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.Test;

class CommonConfigTest {

  private static final class PlainConfig extends ServiceConfig {
    PlainConfig(Map<String, String> values) {
      super(CommonConfig.add(new ConfigDef()), values, CommonConfig.passThrough());
    }
  }

  @Test
  void defaults() {
    PlainConfig config =
        new PlainConfig(
            Map.of("bootstrap.servers", "a:9092", "schema.registry.url", "http://r:8081"));

    Map<String, Object> expected = new HashMap<>();
    expected.put("bootstrap.servers", List.of("a:9092"));
    expected.put("schema.registry.url", "http://r:8081");
    expected.put("avro.serializer.class", "io.mailstream.schemas.serde.MailstreamAvroSerializer");
    expected.put(
        "avro.deserializer.class", "io.mailstream.schemas.serde.MailstreamAvroDeserializer");
    expected.put("topics.prefix", "mail.");
    expected.put("http.host", "127.0.0.1");
    expected.put("http.port", 8080);
    expected.put("http.max.body.bytes", 1024L * 1024);
    expected.put("api.tokens", null);
    expected.put("log.addresses", "masked");
    assertThat(config.values()).isEqualTo(expected);
    assertThat(CommonConfig.apiTokens(config)).isEmpty();
    assertThat(CommonConfig.logsClearAddresses(config)).isFalse();
  }

  @Test
  void everyProperty() {
    PlainConfig config =
        new PlainConfig(
            Map.of(
                "bootstrap.servers", "a:9092,b:9092",
                "schema.registry.url", "http://r:8081,http://s:8081",
                "avro.serializer.class", "x.Serializer",
                "avro.deserializer.class", "x.Deserializer",
                "topics.prefix", "acme.mail.",
                "http.host", "0.0.0.0",
                "http.port", "0",
                "http.max.body.bytes", "2048",
                "api.tokens", "one, two",
                "log.addresses", "clear"));

    Map<String, Object> expected = new HashMap<>();
    expected.put("bootstrap.servers", List.of("a:9092", "b:9092"));
    expected.put("schema.registry.url", "http://r:8081,http://s:8081");
    expected.put("avro.serializer.class", "x.Serializer");
    expected.put("avro.deserializer.class", "x.Deserializer");
    expected.put("topics.prefix", "acme.mail.");
    expected.put("http.host", "0.0.0.0");
    expected.put("http.port", 0);
    expected.put("http.max.body.bytes", 2048L);
    expected.put("api.tokens", new Password("one, two"));
    expected.put("log.addresses", "clear");
    assertThat(config.values()).isEqualTo(expected);
    assertThat(CommonConfig.kafkaClient(config))
        .isEqualTo(Map.of("bootstrap.servers", "a:9092,b:9092"));
    assertThat(CommonConfig.apiTokens(config)).containsExactly("one", "two");
    assertThat(CommonConfig.logsClearAddresses(config)).isTrue();
  }
}
