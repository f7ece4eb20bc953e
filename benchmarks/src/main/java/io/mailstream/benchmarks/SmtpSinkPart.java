package io.mailstream.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Postfix's own smtp-sink: takes mail, throws it away, and counts it. */
final class SmtpSinkPart implements AutoCloseable {

  private static final String COUNTER = "mesg=";

  private final Part part;
  private final int port;

  private SmtpSinkPart(Part part, int port) {
    this.part = part;
    this.port = port;
  }

  static SmtpSinkPart start(Path directory) throws IOException, TimeoutException {
    int port = Lab.freePort();
    List<String> command = new ArrayList<>(List.of("smtp-sink", "-c"));
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("-u", "nobody"));
    }
    command.addAll(List.of("127.0.0.1:" + port, "1000"));
    SmtpSinkPart sink = new SmtpSinkPart(Part.start("smtp-sink", directory, command), port);
    Lab.await("smtp-sink listens", () -> isOpen(port));
    return sink;
  }

  static boolean isOpen(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.getInputStream().read() == '2';
    }
  }

  int port() {
    return port;
  }

  Duration cpu() {
    return part.cpu();
  }

  /** How many mails it has taken. */
  long taken() throws IOException {
    String printed = part.printed();
    int last = printed.lastIndexOf(COUNTER);
    if (last < 0) {
      return 0;
    }
    int end = last + COUNTER.length();
    while (end < printed.length() && Character.isDigit(printed.charAt(end))) {
      end++;
    }
    return Long.parseLong(printed.substring(last + COUNTER.length(), end));
  }

  @Override
  public void close() {
    part.close();
  }
}
