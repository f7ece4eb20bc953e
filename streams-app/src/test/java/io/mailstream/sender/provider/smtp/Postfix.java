package io.mailstream.sender.provider.smtp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Debian's Postfix as a relay on 127.0.0.1, with a queue and configuration of its own. What it
 * takes it holds: nothing leaves the machine.
 */
final class Postfix implements AutoCloseable {

  private static final Path DAEMONS = Path.of("/usr/lib/postfix/sbin");
  private static final Path COMMAND = Path.of("/usr/sbin/postfix");

  private static final String SERVICES =
      """
      pickup unix n - n 60 1 pickup
      cleanup unix n - n - 0 cleanup
      qmgr unix n - n 300 1 qmgr
      rewrite unix - - n - - trivial-rewrite
      bounce unix - - n - 0 bounce
      defer unix - - n - 0 bounce
      trace unix - - n - 0 bounce
      discard unix - - n - - discard
      error unix - - n - - error
      retry unix - - n - - error
      proxymap unix - - n - - proxymap
      anvil unix - - n - 1 anvil
      tlsmgr unix - - n 1000? 1 tlsmgr
      postlog unix-dgram n - n - 1 postlogd
      """;

  private final Path directory;
  private final int port;

  private Postfix(Path directory, int port) {
    this.directory = directory;
    this.port = port;
  }

  /** Why it cannot be run here; empty: it can. */
  static Optional<String> missing() {
    if (!Files.isExecutable(COMMAND) || !Files.isDirectory(DAEMONS)) {
      return Optional.of("Postfix is not installed: apt-get install postfix");
    }
    return System.getProperty("user.name").equals("root")
        ? Optional.empty()
        : Optional.of("Postfix starts as root only");
  }

  static Postfix start(Path temporary) throws IOException, InterruptedException {
    // Its users must be able to get there.
    Path directory = Files.createDirectory(temporary.resolve("postfix"));
    for (Path path : List.of(temporary, directory)) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    for (String name : List.of("conf", "queue", "data")) {
      Files.createDirectory(directory.resolve(name));
    }
    var users = directory.getFileSystem().getUserPrincipalLookupService();
    Files.setOwner(directory.resolve("data"), users.lookupPrincipalByName("postfix"));
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Files.writeString(directory.resolve("conf/main.cf"), main(directory));
    Files.writeString(directory.resolve("conf/master.cf"), master(port));
    Postfix postfix = new Postfix(directory, port);
    postfix.command("start");
    return postfix;
  }

  private static String main(Path directory) {
    return """
    compatibility_level = 3.6
    queue_directory = %1$s/queue
    data_directory = %1$s/data
    command_directory = /usr/sbin
    daemon_directory = /usr/lib/postfix/sbin
    mail_owner = postfix
    setgid_group = postdrop
    inet_interfaces = 127.0.0.1
    inet_protocols = ipv4
    mynetworks = 127.0.0.0/8
    myhostname = relay.example.net
    mydestination =
    local_recipient_maps =
    alias_maps =
    default_transport = discard:
    smtpd_client_restrictions = static:HOLD
    message_size_limit = 1000000
    maillog_file = %1$s/mail.log
    maillog_file_prefixes = /
    """
        .formatted(directory);
  }

  private static String master(int port) {
    return "127.0.0.1:" + port + " inet n - n - - smtpd\n" + SERVICES;
  }

  int port() {
    return port;
  }

  /** The messages in its queue, as its own tool prints them. */
  List<String> messages() throws IOException, InterruptedException {
    try (var files = Files.list(directory.resolve("queue/hold"))) {
      return files.map(this::print).toList();
    }
  }

  private String print(Path file) {
    try {
      return run("/usr/sbin/postcat", "-c", directory.resolve("conf").toString(), file.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Whether somebody listens. */
  boolean isUp() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        InputStream in = socket.getInputStream()) {
      socket.setSoTimeout(5_000);
      return in.read() == '2';
    } catch (IOException e) {
      return false;
    }
  }

  private void command(String what) throws IOException, InterruptedException {
    run(COMMAND.toString(), "-c", directory.resolve("conf").toString(), what);
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("postfix", ".out");
    try {
      // Its daemons keep the output open: a pipe would never end.
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroy();
        throw new IOException(String.join(" ", command) + ": " + Files.readString(output));
      }
      return Files.readString(output);
    } finally {
      Files.delete(output);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      command("stop");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while Postfix stopped", e);
    }
  }
}
