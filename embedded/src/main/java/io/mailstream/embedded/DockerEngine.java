package io.mailstream.embedded;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * The Docker engine behind a Unix socket, asked in milliseconds what Testcontainers would try for
 * minutes: whether it answers, and whether an image is there or can be pulled.
 */
final class DockerEngine {

  private static final Duration ANSWER = Duration.ofSeconds(3);
  private static final String UNIX = "unix://";

  private final Path socket;

  private DockerEngine(Path socket) {
    this.socket = socket;
  }

  /** The answer to a request: HTTP's status, and all the rest as text. */
  private record Answer(int status, String text) {}

  /**
   * An engine that answers. Its socket is that of {@code DOCKER_HOST}, else one of the usual
   * places.
   *
   * @param env the environment
   */
  static Optional<DockerEngine> find(Map<String, String> env) {
    return sockets(env)
        .filter(Files::exists)
        .map(DockerEngine::new)
        .filter(DockerEngine::answers)
        .findFirst();
  }

  private static Stream<Path> sockets(Map<String, String> env) {
    String host = env.get("DOCKER_HOST");
    if (host != null) {
      return host.startsWith(UNIX)
          ? Stream.of(Path.of(host.substring(UNIX.length())))
          : Stream.empty();
    }
    return Stream.of(
        Path.of("/var/run/docker.sock"),
        Path.of(env.getOrDefault("XDG_RUNTIME_DIR", "/run"), "docker.sock"),
        Path.of(env.getOrDefault("HOME", "/root"), ".docker/run/docker.sock"));
  }

  private boolean answers() {
    try {
      return ask("GET", "/_ping", ANSWER).status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Sees to it that an image is there.
   *
   * @param image such as {@code apache/kafka:4.3.1}
   * @param within how long pulling it may take
   * @throws IOException if it is not there and cannot be pulled; the message says why
   */
  void require(String image, Duration within) throws IOException {
    if (ask("GET", "/images/" + image + "/json", ANSWER).status() == 200) {
      return;
    }
    String query = "/images/create?fromImage=" + URLEncoder.encode(image, StandardCharsets.UTF_8);
    Answer pulled = ask("POST", query, within);
    // A pull that fails half-way has answered 200 before.
    if (pulled.status() != 200 || pulled.text().contains("\"error\"")) {
      String text = pulled.text().strip();
      throw new IOException(text.substring(text.lastIndexOf('\n') + 1));
    }
  }

  private Answer ask(String method, String target, Duration within) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      CompletableFuture<Answer> answer = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              answer.complete(exchange(channel, method, target));
            } catch (IOException | RuntimeException e) {
              answer.completeExceptionally(e);
            }
          });
      return answer.get(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IOException("%s: %s".formatted(socket, e.getCause().getMessage()), e.getCause());
    } catch (TimeoutException e) {
      throw new IOException(
          "no end to %s %s within %d s".formatted(method, target, within.toSeconds()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private Answer exchange(SocketChannel channel, String method, String target) throws IOException {
    channel.connect(UnixDomainSocketAddress.of(socket));
    // By HTTP/1.0 the end of the answer is the end of the connection.
    String request =
        "%s %s HTTP/1.0\r\nHost: docker\r\nContent-Length: 0\r\n\r\n".formatted(method, target);
    ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    String text =
        new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    String[] statusLine = text.split("[ \r]", 3);
    if (statusLine.length < 3 || !statusLine[1].matches("\\d{3}")) {
      throw new IOException("does not answer as a Docker engine");
    }
    return new Answer(Integer.parseInt(statusLine[1]), text);
  }
}
