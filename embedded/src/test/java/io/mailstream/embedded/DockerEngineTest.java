package io.mailstream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an engine's answers mean, by a socket that answers as one. */
class DockerEngineTest {

  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final String OK = "HTTP/1.0 200 OK\r\n\r\n";
  private static final String MISSING = "HTTP/1.0 404 Not Found\r\n\r\n{}";

  // A socket's path has about a hundred characters at most: not in a test's own directory.
  private final Path socket = Path.of("/tmp", "docker-" + System.nanoTime() + ".sock");
  private ServerSocketChannel server;

  private DockerEngine engine(UnaryOperator<String> answers) throws IOException {
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofVirtual().start(() -> serve(answers));
    return DockerEngine.find(Map.of("DOCKER_HOST", "unix://" + socket)).orElseThrow();
  }

  private void serve(UnaryOperator<String> answers) {
    while (true) {
      try (SocketChannel client = server.accept()) {
        ByteBuffer request = ByteBuffer.allocate(1024);
        client.read(request);
        String target =
            new String(request.array(), 0, request.position(), StandardCharsets.US_ASCII)
                .split(" ", 3)[1];
        client.write(ByteBuffer.wrap(answers.apply(target).getBytes(StandardCharsets.UTF_8)));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @AfterEach
  void close() throws IOException {
    if (server != null) {
      server.close();
    }
    Files.deleteIfExists(socket);
  }

  @Test
  void withoutASocketThereIsNone() {
    assertThat(DockerEngine.find(Map.of("DOCKER_HOST", "unix://" + socket))).isEmpty();
    assertThat(DockerEngine.find(Map.of("DOCKER_HOST", "tcp://127.0.0.1:1"))).isEmpty();
  }

  @Test
  void anImageThatIsThereIsNotPulled() throws IOException {
    DockerEngine engine =
        engine(target -> target.contains("/images/create") ? "HTTP/1.0 500 no\r\n\r\n" : OK);

    assertThatCode(() -> engine.require("apache/kafka:4.3.1", BOUND)).doesNotThrowAnyException();
  }

  @Test
  void anImageThatIsNotThereIsPulled() throws IOException {
    DockerEngine engine =
        engine(target ->
            target.equals("/_ping")
                    || target.equals("/images/create?fromImage=apache%2Fkafka%3A4.3.1")
                ? OK + "{\"status\":\"Download complete\"}"
                : MISSING);

    assertThatCode(() -> engine.require("apache/kafka:4.3.1", BOUND)).doesNotThrowAnyException();
  }

  @Test
  void aPullThatFailsHalfWaySaysWhy() throws IOException {
    DockerEngine engine =
        engine(target ->
            target.contains("/json")
                ? MISSING
                : OK + "{\"status\":\"Pulling\"}\r\n{\"error\":\"connection refused\"}\r\n");

    assertThatThrownBy(() -> engine.require("apache/kafka:4.3.1", BOUND))
        .isInstanceOf(IOException.class)
        .hasMessage("{\"error\":\"connection refused\"}");
  }

  @Test
  void whatIsNoEngineIsNone() throws IOException {
    assertThatThrownBy(() -> engine(target -> "hello\r\n"))
        .isInstanceOf(NoSuchElementException.class);
  }
}
