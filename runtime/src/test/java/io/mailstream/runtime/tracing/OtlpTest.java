package io.mailstream.runtime.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.mailstream.runtime.config.ConfigFaults;
import io.mailstream.runtime.config.ServiceConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.zip.GZIPInputStream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a collector gets, over HTTP. */
class OtlpTest {

  private record Posted(String path, String contentType, String token, String body) {}

  private static final class Config extends ServiceConfig {
    Config(Map<String, String> values) {
      super(TracingConfig.define(new ConfigDef()), values, Map.of());
    }
  }

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final BlockingQueue<Posted> posted = new LinkedBlockingQueue<>();
  private volatile int status = 200;
  private HttpServer collector;
  private String url;

  @BeforeEach
  void start() throws IOException {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          posted.add(
              new Posted(
                  exchange.getRequestURI().getPath(),
                  exchange.getRequestHeaders().getFirst("Content-Type"),
                  exchange.getRequestHeaders().getFirst("X-Token"),
                  new String(
                      new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes(),
                      StandardCharsets.ISO_8859_1)));
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    collector.start();
    url = "http://127.0.0.1:" + collector.getAddress().getPort();
  }

  @AfterEach
  void stop() {
    collector.stop(0);
  }

  @Test
  void spansGoToTheCollectorAndAreCounted() {
    try (Tracing tracing = tracing(Map.of("tracing.otlp.headers", "X-Token=sesame"))) {
      tracing.process("mail.requests.bulk", new RecordHeaders()).close();
    }

    Posted one = posted.remove();
    assertThat(one.path()).isEqualTo("/v1/traces");
    assertThat(one.contentType()).isEqualTo("application/x-protobuf");
    assertThat(one.token()).isEqualTo("sesame");
    assertThat(one.body()).contains("process mail.requests.bulk", "service.name", "test-service");
    assertThat(count("ended")).isEqualTo(1);
    assertThat(count("exported")).isEqualTo(1);
    assertThat(count("failed")).isZero();
  }

  @Test
  void whatTheCollectorRefusesIsCounted() {
    status = 400;
    try (Tracing tracing = tracing(Map.of())) {
      tracing.process("a", new RecordHeaders()).close();
    }

    assertThat(posted).hasSize(1);
    assertThat(count("failed")).isEqualTo(1);
    assertThat(count("exported")).isZero();
  }

  @Test
  void whatIsNotSampledIsNeitherMadeNorSent() {
    try (Tracing tracing = tracing(Map.of("tracing.sample.ratio", "0"))) {
      tracing.process("a", new RecordHeaders()).close();
    }

    assertThat(posted).isEmpty();
    assertThat(count("ended")).isZero();
  }

  @Test
  void aPathIsTakenAsItIs() {
    assertThat(endpoint(url)).isEqualTo(url + "/v1/traces");
    assertThat(endpoint(url + "/")).isEqualTo(url + "/v1/traces");
    assertThat(endpoint(url + "/otlp/v1/traces")).isEqualTo(url + "/otlp/v1/traces");
  }

  @Test
  void withoutACollectorThereIsNone() {
    assertThat(Tracing.create(new Config(Map.of()), "test-service", meters)).isSameAs(Tracing.OFF);
    assertThat(meters.getMeters()).isEmpty();
  }

  @Test
  void faultsAreNamedAndSecretsAreNot() {
    assertThatThrownBy(() ->
            new Config(
                Map.of(
                    "tracing.otlp.endpoint", "collector:4318",
                    "tracing.otlp.headers", "sesame",
                    "tracing.sample.ratio", "2")))
        .isInstanceOf(ConfigFaults.class)
        .hasMessageContaining("tracing.otlp.endpoint = 'collector:4318' is not allowed")
        .hasMessageContaining("tracing.otlp.headers has a value that is not allowed")
        .hasMessageContaining("tracing.sample.ratio = '2' is not allowed")
        .hasMessageNotContaining("sesame");
  }

  private Tracing tracing(Map<String, String> more) {
    Map<String, String> values = new HashMap<>(more);
    values.put("tracing.otlp.endpoint", url);
    return Tracing.create(new Config(values), "test-service", meters);
  }

  private static String endpoint(String given) {
    return TracingConfig.endpoint(new Config(Map.of("tracing.otlp.endpoint", given))).orElseThrow();
  }

  private double count(String outcome) {
    return meters.get("mailstream.tracing.spans").tag("outcome", outcome).counter().count();
  }
}
