package io.mailstream.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Debian's Postfix as a relay with a queue on disk, in a directory of its own: takes mail on
 * 127.0.0.1, writes it to its queue before it answers, and hands it on to the sink. Set for speed
 * as its TUNING_README says: many processes, many connections at once, no delay at the way in.
 */
final class PostfixRelay implements AutoCloseable {

  private static final String SERVICES =
      """
      pickup unix n - n 60 1 pickup
      cleanup unix n - n - 0 cleanup
      qmgr unix n - n 300 1 qmgr
      rewrite unix - - n - - trivial-rewrite
      bounce unix - - n - 0 bounce
      defer unix - - n - 0 bounce
      trace unix - - n - 0 bounce
      smtp unix - - n - - smtp
      error unix - - n - - error
      retry unix - - n - - error
      proxymap unix - - n - - proxymap
      anvil unix - - n - 1 anvil
      scache unix - - n - 1 scache
      tlsmgr unix - - n 1000? 1 tlsmgr
      postlog unix-dgram n - n - 1 postlogd
      """;

  private final Path directory;
  private final int port;

  private PostfixRelay(Path directory, int port) {
    this.directory = directory;
    this.port = port;
  }

  /** Whether it is installed, and may be started: its master process has to be root's. */
  static boolean isAvailable() {
    return Files.isExecutable(Path.of("/usr/sbin/postfix"))
        && System.getProperty("user.name").equals("root");
  }

  static PostfixRelay start(Path parent, int sinkPort)
      throws IOException, InterruptedException, TimeoutException {
    Path directory = Files.createDirectory(parent.resolve("postfix"));
    for (Path path : List.of(parent, directory)) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    for (String name : List.of("conf", "queue", "data")) {
      Files.createDirectory(directory.resolve(name));
    }
    var users = directory.getFileSystem().getUserPrincipalLookupService();
    Files.setOwner(directory.resolve("data"), users.lookupPrincipalByName("postfix"));
    int port = Lab.freePort();
    Files.writeString(directory.resolve("conf/main.cf"), main(directory, sinkPort));
    Files.writeString(
        directory.resolve("conf/master.cf"),
        "127.0.0.1:" + port + " inet n - n - - smtpd\n" + SERVICES);
    PostfixRelay relay = new PostfixRelay(directory, port);
    relay.command("start");
    Lab.await("Postfix listens", () -> SmtpSinkPart.isOpen(port));
    return relay;
  }

  private static String main(Path directory, int sinkPort) {
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
    relayhost = [127.0.0.1]:%2$d
    default_process_limit = 200
    in_flow_delay = 0
    default_destination_concurrency_limit = 100
    initial_destination_concurrency = 50
    smtpd_client_connection_count_limit = 0
    smtp_destination_recipient_limit = 1
    smtp_tls_security_level = none
    maillog_file = %1$s/mail.log
    maillog_file_prefixes = /
    """
        .formatted(directory, sinkPort);
  }

  int port() {
    return port;
  }

  private void command(String what) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("/usr/sbin/postfix", "-c", directory.resolve("conf").toString(), what)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("postfix-" + what + ".out").toFile())
            .start();
    if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("postfix %s failed: see %s".formatted(what, directory));
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
