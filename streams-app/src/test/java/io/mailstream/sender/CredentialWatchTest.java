package io.mailstream.sender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.mailstream.policy.Account;
import io.mailstream.policy.DomainGroups;
import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.config.ServiceConfig;
import io.mailstream.schemas.Topics;
import io.mailstream.sender.provider.Deliveries;
import io.mailstream.sender.provider.ProviderFactory;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.v1.AccountStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A Secret as Kubernetes mounts it, an ESP that takes one key only, and what becomes of a swap. */
class CredentialWatchTest {

  private static final long NOW = 1_000_000;
  private static final String OLD = "old-secret-token";
  private static final String NEW = "new-secret-token";

  @TempDir Path mount;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(CredentialWatch.class);
  private int versions;
  private HttpServer esp;
  private AccountGate gate;
  private CredentialWatch watch;

  @BeforeEach
  void start() throws IOException {
    log.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(log);
    esp = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    esp.createContext("/email", CredentialWatchTest::answer);
    esp.start();
    mount(OLD);
    Files.createSymbolicLink(mount.resolve("token"), Path.of("..data", "token"));
    ServiceConfig config = config();
    Account account =
        new Account(
            "main",
            "postmark",
            Optional.empty(),
            Map.of("endpoint", "http://127.0.0.1:" + esp.getAddress().getPort()));
    AccountProviders providers =
        new ConfiguredProviders(
            config::resolveAgain, ProviderFactory::create, UnaryOperator.identity());
    gate =
        new AccountGate(
            account,
            providers.create(account),
            20,
            SenderConfig.of(config).slow(),
            () -> Instant.ofEpochMilli(NOW));
    watch =
        new CredentialWatch(
            List.of(gate),
            providers,
            new SenderMetrics(Topics.withDefaultPrefix(), DomainGroups.known(), meters),
            Duration.ofSeconds(30));
  }

  @AfterEach
  void stop() {
    logger.detachAppender(log);
    logger.setLevel(null);
    gate.close();
    esp.stop(0);
  }

  @Test
  void aParkedAccountGoesOnAtOnceWithItsNewKey() throws IOException {
    assertThat(send()).isInstanceOf(SendOutcome.Deferred.class);
    assertThat(gate.state(NOW).status()).isEqualTo(AccountStatus.PARKED);
    watch.look();
    assertThat(gate.state(NOW).status()).as("nothing has changed").isEqualTo(AccountStatus.PARKED);

    mount(NEW);
    watch.look();
    assertThat(gate.state(NOW).status()).isEqualTo(AccountStatus.OPEN);
    assertThat(send()).isInstanceOf(SendOutcome.Accepted.class);
    watch.look();
    assertThat(reloads("done")).isEqualTo(1);
    assertThat(said()).isEqualTo("Account main goes on with its new credentials");
  }

  @Test
  void aKeyThatCannotBeUsedLeavesTheOldOneAndIsToldOnce() throws IOException {
    mount(NEW);
    watch.look();
    for (String bad : List.of("", "two\nlines of " + OLD)) {
      mount(bad);
      watch.look();
      watch.look();
      assertThat(send()).isInstanceOf(SendOutcome.Accepted.class);
      assertThat(gate.trouble(NOW)).isEmpty();
      assertThat(gate.renewalTrouble())
          .hasValueSatisfying(why -> assertThat(why).contains("accounts.main.server.token"));
    }
    Files.delete(mount.resolve("token"));
    watch.look();
    assertThat(gate.renewalTrouble()).isPresent();
    assertThat(send()).isInstanceOf(SendOutcome.Accepted.class);
    assertThat(reloads("refused")).isEqualTo(3);
    assertThat(said()).contains("keeps its credentials").doesNotContain(OLD).doesNotContain(NEW);

    Files.createSymbolicLink(mount.resolve("token"), Path.of("..data", "token"));
    mount(NEW);
    watch.look();
    assertThat(gate.renewalTrouble()).as("the old one is back").isEmpty();
    assertThat(reloads("done")).isEqualTo(1);
  }

  /** As the kubelet does it: a new directory, and a link to it that is replaced at once. */
  private void mount(String token) throws IOException {
    Path version = Files.createDirectory(mount.resolve("..version" + versions++));
    Files.writeString(version.resolve("token"), token + "\n");
    Path link = Files.createSymbolicLink(mount.resolve("..data_tmp"), version.getFileName());
    Files.move(link, mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
  }

  private ServiceConfig config() {
    Map<String, String> values = new HashMap<>();
    values.put("bootstrap.servers", "127.0.0.1:1");
    values.put("schema.registry.url", "http://127.0.0.1:1");
    values.put("accounts.main.server.token", "${dir:" + mount + ":token}");
    return new ServiceConfig(
        CommonConfig.add(SenderConfig.define(new ConfigDef())),
        values,
        SenderConfig.passThrough()) {};
  }

  private static void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    boolean known = NEW.equals(exchange.getRequestHeaders().getFirst("X-Postmark-Server-Token"));
    byte[] body =
        (known
                ? "{\"MessageID\":\"id\",\"ErrorCode\":0,\"Message\":\"OK\"}"
                : "{\"ErrorCode\":10,\"Message\":\"Bad or missing Server API token.\"}")
            .getBytes(UTF_8);
    exchange.sendResponseHeaders(known ? 200 : 401, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private SendOutcome send() {
    gate.call(NOW);
    SendOutcome outcome = gate.provider().send(Deliveries.to("user@example.org").build());
    gate.called(outcome, NOW, 0, 1);
    return outcome;
  }

  private double reloads(String outcome) {
    Counter counter =
        meters.find("mailstream.sender.credentials.reloads").tag("outcome", outcome).counter();
    return counter == null ? 0 : counter.count();
  }

  private String said() {
    return String.join("\n", log.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
  }
}
