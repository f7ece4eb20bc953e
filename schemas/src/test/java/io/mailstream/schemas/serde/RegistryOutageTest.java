package io.mailstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailstream.v1.SendRequest;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens when the registry does not answer, and who is asked next. */
class RegistryOutageTest {

  private static final String TOPIC = "mail.requests.bulk";
  private static final byte[] RECORD = {0, 0, 0, 0, 1, 2, 'x'};
  private static final String SCHEMA =
      "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"string\"}]}";

  private TestRegistry registry;

  @BeforeEach
  void start() throws Exception {
    registry = new TestRegistry("/apis/ccompat/v7");
    registry.register("r-value", SCHEMA);
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503, 504, 429, 408, 302})
  void anOutageIsRetriedUntilItEnds(int status) {
    registry.answerNext(4, status, "{\"error_code\": 50001, \"message\": \"no leader\"}");

    assertThat(deserializer(60_000, registry.url()).deserialize(TOPIC, RECORD))
        .hasToString("{\"a\": \"x\"}");
    assertThat(registry.asked()).hasSize(5);
  }

  @Test
  void aProxysOwn404IsAnOutageAndNotAnUnknownSchema() {
    registry.answerNext(2, 404, "<html>default backend</html>");
    registry.answerNext(1, 200, "<html>welcome</html>");

    assertThat(deserializer(60_000, registry.url()).deserialize(TOPIC, RECORD)).isNotNull();

    RegistryUnavailableException failure =
        catchThrowableOfType(
            RegistryUnavailableException.class,
            () -> deserializer(0, withoutPath()).deserialize(TOPIC, RECORD));
    assertThat(failure).hasMessageContaining("check the path of schema.registry.url");
  }

  @Test
  void whenTheBoundIsReachedTheErrorNamesEveryUrlAndWhatItAnswered() throws Exception {
    String refused = refusedUrl();
    registry.answerNext(1_000, 503, "");

    RegistryUnavailableException failure =
        catchThrowableOfType(
            RegistryUnavailableException.class,
            () -> deserializer(300, refused, registry.url()).deserialize(TOPIC, RECORD));

    assertThat(failure)
        .isInstanceOf(RetriableException.class)
        .isNotInstanceOf(SerializationException.class)
        .hasMessageContaining(refused + "/schemas/ids/1: java.net.ConnectException")
        .hasMessageContaining(registry.url() + "/schemas/ids/1: HTTP 503");
    assertThat(registry.asked()).hasSizeGreaterThan(1);
    assertThat(RegistryUnavailableException.isBehind(new IllegalStateException(failure))).isTrue();
    assertThat(RegistryUnavailableException.isBehind(new IllegalStateException())).isFalse();
  }

  @Test
  void anotherUrlIsAskedWhenOneDoesNotAnswerAndKept() throws Exception {
    MailstreamAvroDeserializer deserializer = deserializer(0, refusedUrl(), registry.url());
    try (TestRegistry other = new TestRegistry()) {
      other.register("r-value", SCHEMA);
      MailstreamAvroSerializer serializer = new MailstreamAvroSerializer();
      other.answerNext(1, 503, "");
      serializer.configure(settings(0, other.url(), registry.url()), false);

      assertThat(deserializer.deserialize(TOPIC, RECORD)).isNotNull();
      serializer.serialize(TOPIC, Samples.request());

      assertThat(other.asked()).hasSize(1);
      assertThat(registry.asked()).hasSize(4);
    }
  }

  @Test
  void aRegistryThatAcceptsAndNeverAnswersIsAnOutage() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Map<String, Object> settings =
          settings(0, "http://127.0.0.1:" + silent.getLocalPort(), registry.url());
      settings.put("schema.registry.http.read.timeout.ms", "100");
      MailstreamAvroDeserializer deserializer = new MailstreamAvroDeserializer();
      deserializer.configure(settings, false);

      assertThat(deserializer.deserialize(TOPIC, RECORD)).isNotNull();
    }
  }

  @Test
  void threadsThatWaitForOneSchemaShareOneAnswer() throws Exception {
    MailstreamAvroDeserializer deserializer = deserializer(60_000, registry.url());
    registry.answerNext(3, 503, "");
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try {
      List<Future<Object>> results = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        results.add(threads.submit(() -> deserializer.deserialize(TOPIC, RECORD)));
      }
      for (Future<Object> result : results) {
        assertThat(result.get()).isNotNull();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(registry.asked()).hasSize(4);
  }

  @Test
  void aFailureIsNotRemembered() {
    MailstreamAvroDeserializer deserializer = deserializer(0, registry.url());
    registry.answerNext(1, 503, "");

    assertThatExceptionOfType(RegistryUnavailableException.class)
        .isThrownBy(() -> deserializer.deserialize(TOPIC, RECORD));
    assertThat(deserializer.deserialize(TOPIC, RECORD)).isNotNull();
  }

  @Test
  void anInterruptEndsTheWaiting() {
    registry.answerNext(1_000, 503, "");
    MailstreamAvroDeserializer deserializer = deserializer(60_000, registry.url());

    Thread.currentThread().interrupt();
    assertThatExceptionOfType(InterruptException.class)
        .isThrownBy(() -> deserializer.deserialize(TOPIC, RECORD));
    assertThat(Thread.interrupted()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "basic.auth.user.info, ada:se:cret, Basic YWRhOnNlOmNyZXQ=",
    "schema.registry.basic.auth.user.info, ada:se:cret, Basic YWRhOnNlOmNyZXQ=",
    "bearer.auth.token, abc.def, Bearer abc.def",
    "schema.registry.bearer.auth.token, abc.def, Bearer abc.def"
  })
  void credentialsAreSent(String key, String value, String header) {
    registry.requireAuthorization(header);
    Map<String, Object> settings = settings(0, registry.url());
    settings.put(key, value);
    MailstreamAvroDeserializer deserializer = new MailstreamAvroDeserializer();
    deserializer.configure(settings, false);

    assertThat(deserializer.deserialize(TOPIC, RECORD)).isNotNull();
  }

  @Test
  void credentialsInTheUrlAreSentAndNeverShown() {
    registry.requireAuthorization("Basic YWRhOnNlY3JldA==");
    String url = registry.url().replace("http://", "http://ada:secret@");

    assertThat(deserializer(0, url).deserialize(TOPIC, RECORD)).isNotNull();

    registry.answerNext(1, 503, "");
    assertThatExceptionOfType(RegistryUnavailableException.class)
        .isThrownBy(() -> deserializer(0, url).deserialize(TOPIC, RECORD))
        .withMessageContaining(registry.url())
        .withMessageNotContaining("secret");
  }

  @Test
  void refusedCredentialsSayNothingOfTheRecord() {
    registry.requireAuthorization("Bearer right");
    MailstreamAvroSerializer serializer = new MailstreamAvroSerializer();
    serializer.configure(settings(60_000, registry.url()), false);

    assertThatExceptionOfType(RegistryUnavailableException.class)
        .isThrownBy(() -> deserializer(60_000, registry.url()).deserialize(TOPIC, RECORD))
        .withMessageContaining(registry.url())
        .withMessageContaining("HTTP 401")
        .withMessageContaining("basic.auth.user.info");
    assertThatExceptionOfType(RegistryUnavailableException.class)
        .isThrownBy(() -> serializer.serialize(TOPIC, Samples.request()))
        .withMessageContaining("HTTP 401");
    // Asking again would not help: once each.
    assertThat(registry.asked()).hasSize(2);
  }

  @Test
  void aCompatibilityThatMayNotBeSetDoesNotStopTheRegistration() throws Exception {
    try (TestRegistry fresh = new TestRegistry()) {
      fresh.answerNext(1, 404, "{\"error_code\": 40401, \"message\": \"Subject not found.\"}");
      fresh.answerNext(1, 403, "{\"error_code\": 40301, \"message\": \"Forbidden\"}");
      MailstreamAvroSerializer serializer = new MailstreamAvroSerializer();
      serializer.configure(settings(0, fresh.url()), false);

      assertThat(serializer.serialize(TOPIC, Samples.request())).startsWith(0, 0, 0, 0, 1);
      assertThat(fresh.schema(1).getFullName()).isEqualTo(SendRequest.class.getName());
    }
  }

  private String withoutPath() {
    return registry.url().replace("/apis/ccompat/v7", "");
  }

  private static String refusedUrl() throws Exception {
    try (ServerSocket closed = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      return "http://127.0.0.1:" + closed.getLocalPort();
    }
  }

  private static MailstreamAvroDeserializer deserializer(long retryMs, String... urls) {
    MailstreamAvroDeserializer deserializer = new MailstreamAvroDeserializer();
    deserializer.configure(settings(retryMs, urls), false);
    return deserializer;
  }

  private static Map<String, Object> settings(long retryMs, String... urls) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("schema.registry.url", String.join(", ", urls));
    settings.put("mailstream.registry.retry.timeout.ms", retryMs);
    settings.put("retries.wait.ms", 4L);
    settings.put("retries.max.wait.ms", 40L);
    return settings;
  }
}
