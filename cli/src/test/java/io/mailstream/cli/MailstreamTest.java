package io.mailstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What needs no broker. */
class MailstreamTest {

  @TempDir Path dir;

  @Test
  void withoutArgumentsItSaysWhatThereIs() {
    Run run = Run.of();

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("send", "results", "suppressions", "topics");
  }

  @Test
  void helpOfEachCommandNamesItsExitStatus() {
    assertThat(Run.of("--help").status()).isZero();
    for (String command : new String[] {"send", "results", "monitor"}) {
      Run run = Run.of(command, "--help");
      assertThat(run.status()).isZero();
      assertThat(run.out()).contains("Exit status");
    }
    assertThat(Run.of("suppressions", "get", "--help").out()).contains("Exit status");
  }

  @Test
  void itSaysWhichVersionItIs() {
    assertThat(Run.of("--version").out().strip()).matches("mailstream \\d+\\.\\d+\\.\\d+\\S*");
  }

  @Test
  void aMisspeltOptionIsUsage() {
    Run run = Run.of("send", "--tenent", "acme");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("--tenent").contains("--tenant");
  }

  @Test
  void aMailThatIsNotCompleteNamesAllThatIsMissing() {
    Run run = Run.of("send", "--to", "nobody", "--tenant", "acme");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .contains("nothing was sent")
        .contains("to: 'nobody' is no address")
        .contains("stream: is missing")
        .contains("from: is missing")
        .contains("content: is missing");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    Run run = Run.of("send", "--text", "@" + dir.resolve("missing.txt"));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("--text").contains("missing.txt");
  }

  @Test
  void aBrokerThatIsNotThereIsNamedWithWhatToTry() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }

    Run run = Run.of("results", "--bootstrap", "127.0.0.1:" + free);

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.err())
        .contains("127.0.0.1:" + free)
        .contains("Connection refused")
        .contains("--bootstrap");
  }

  @Test
  void whatIsNoBrokerIsSaidToBeNone() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      Run run = Run.of("results", "--bootstrap", "127.0.0.1:" + silent.getLocalPort());

      assertThat(run.status()).isEqualTo(3);
      assertThat(run.err())
          .contains("127.0.0.1:" + silent.getLocalPort())
          .contains("does not answer as a Kafka broker")
          .contains("security.protocol");
    }
  }

  @Test
  void anAddressThatIsNoneIsUsage() {
    Run run = Run.of("results", "--bootstrap", "127.0.0.1");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("127.0.0.1");
  }

  @Test
  void optionsWinOverTheEnvironmentAndThatOverTheFile() throws Exception {
    Path file = dir.resolve("client.properties");
    Files.writeString(
        file,
        """
        bootstrap.servers=file:1
        schema.registry.url=http://file
        api.url=http://file
        topics.prefix=file.
        kafka.sasl.mechanism=PLAIN
        schema.registry.basic.auth.user.info=u:p
        security.protocol=SASL_SSL
        api.token=s3cret
        """);
    Settings settings =
        Settings.load(
            Optional.of(file),
            Map.of("MAILSTREAM_BOOTSTRAP_SERVERS", "env:1", "MAILSTREAM_TOPICS_PREFIX", "env."),
            Map.of("bootstrap.servers", "option:1"));

    assertThat(settings.bootstrap()).isEqualTo("option:1");
    assertThat(settings.topics().prefix()).isEqualTo("env.");
    assertThat(settings.registry()).isEqualTo("http://file");
    assertThat(settings.client())
        .containsEntry("bootstrap.servers", "option:1")
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("sasl.mechanism", "PLAIN")
        .containsEntry("basic.auth.user.info", "u:p")
        .doesNotContainKey("api.token");
  }

  @Test
  void withoutAnySourceTheAddressesAreThoseOfQuickstart() {
    Settings settings = Settings.load(Optional.empty(), Map.of(), Map.of());

    assertThat(settings.bootstrap()).isEqualTo("127.0.0.1:9092");
    assertThat(settings.registry()).isEqualTo("http://127.0.0.1:8081");
    assertThat(settings.apiUrl()).isEqualTo("http://127.0.0.1:8080");
    assertThat(settings.topics().prefix()).isEqualTo("mail.");
  }
}
