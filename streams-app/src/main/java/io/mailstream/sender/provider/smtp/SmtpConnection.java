package io.mailstream.sender.provider.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.mailstream.sender.provider.common.RequestWritten;
import io.mailstream.sender.provider.smtp.SmtpReply.Stage;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.URLName;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPTransport;

/**
 * A connection to a relay: greeting, TLS and login are Angus Mail's, the mail transaction is our
 * own, so that it is known what was written. Used by one call at a time.
 */
final class SmtpConnection extends SMTPTransport {

  private final Socket socket;
  private int messages;
  private long idleSince;

  private SmtpConnection(Session session, URLName name, Socket socket) {
    super(session, name);
    this.socket = socket;
  }

  /**
   * Opens a connection and logs in.
   *
   * @param deadline closes the socket when the call takes too long
   * @throws SmtpRefusedException if the server does not want to
   * @throws IOException if it cannot be reached
   */
  static SmtpConnection open(SmtpSettings settings, SSLSocketFactory tls, Deadline deadline)
      throws SmtpRefusedException, IOException {
    Socket socket = connect(settings, deadline);
    try {
      socket.setSoTimeout(Math.toIntExact(settings.calls().callTimeout().toMillis()));
      socket.setTcpNoDelay(true);
      Socket used =
          settings.tls() == SmtpSettings.Tls.IMPLICIT ? wrap(socket, settings, tls) : socket;
      URLName name =
          new URLName(
              "smtp",
              settings.host(),
              settings.port(),
              null,
              settings.login().map(SmtpSettings.Login::user).orElse(null),
              settings.login().map(SmtpSettings.Login::password).orElse(null));
      SmtpConnection connection =
          new SmtpConnection(Session.getInstance(properties(settings, socket, tls)), name, socket);
      connection.greet(used);
      return connection;
    } catch (IOException | SmtpRefusedException | RuntimeException e) {
      closeQuietly(socket);
      throw e;
    }
  }

  private static Socket connect(SmtpSettings settings, Deadline deadline) throws IOException {
    IOException last = null;
    for (InetAddress address : InetAddress.getAllByName(settings.host())) {
      // The name that certificates are checked by: the one that was set, never one looked up.
      InetAddress named = InetAddress.getByAddress(settings.host(), address.getAddress());
      Socket socket = new Socket(Proxy.NO_PROXY);
      try {
        deadline.watch(socket);
        socket.connect(
            new InetSocketAddress(named, settings.port()),
            Math.toIntExact(settings.calls().connectTimeout().toMillis()));
        return socket;
      } catch (IOException e) {
        closeQuietly(socket);
        last = e;
      }
    }
    throw last == null ? new IOException("the host has no address") : last;
  }

  private static Socket wrap(Socket socket, SmtpSettings settings, SSLSocketFactory tls)
      throws IOException, SmtpRefusedException {
    SSLSocket wrapped =
        (SSLSocket) tls.createSocket(socket, settings.host(), settings.port(), true);
    SSLParameters parameters = wrapped.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    wrapped.setSSLParameters(parameters);
    try {
      wrapped.startHandshake();
    } catch (IOException e) {
      requireTrust(e);
      throw e;
    }
    return wrapped;
  }

  private static Properties properties(SmtpSettings settings, Socket socket, SSLSocketFactory tls) {
    boolean startTls = settings.tls() == SmtpSettings.Tls.STARTTLS;
    Properties properties = new Properties();
    properties.put("mail.smtp.localhost", settings.ehloName().orElseGet(() -> literal(socket)));
    properties.put("mail.smtp.auth", String.valueOf(settings.login().isPresent()));
    properties.put("mail.smtp.starttls.enable", String.valueOf(startTls));
    properties.put("mail.smtp.starttls.required", String.valueOf(startTls));
    properties.put("mail.smtp.ssl.checkserveridentity", "true");
    properties.put("mail.smtp.ssl.socketFactory", tls);
    properties.put("mail.smtp.quitwait", "false");
    return properties;
  }

  private static String literal(Socket socket) {
    InetAddress address = socket.getLocalAddress();
    String host = address.getHostAddress().replaceFirst("%.*", "");
    return address instanceof Inet6Address ? "[IPv6:" + host + "]" : "[" + host + "]";
  }

  private void greet(Socket used) throws SmtpRefusedException, IOException {
    try {
      connect(used);
    } catch (AuthenticationFailedException e) {
      throw new SmtpRefusedException(new SmtpReply(Stage.LOGIN, getLastReturnCode(), reply()));
    } catch (MessagingException e) {
      requireTrust(e);
      if (String.valueOf(e.getMessage()).startsWith("STARTTLS is required")) {
        throw new SmtpRefusedException(
            new SmtpReply(Stage.TLS, 0, "the server offers no STARTTLS"));
      }
      if (getLastReturnCode() >= 400) {
        throw new SmtpRefusedException(new SmtpReply(Stage.CONNECT, getLastReturnCode(), reply()));
      }
      throw new IOException("no greeting", e);
    }
  }

  /**
   * Tells a certificate that is not trusted, which a person must mend, from a broken connection.
   */
  private static void requireTrust(Exception e) throws SmtpRefusedException {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException || cause instanceof SSLPeerUnverifiedException) {
        throw new SmtpRefusedException(
            new SmtpReply(Stage.TLS, 0, "the server's certificate is not trusted"));
      }
    }
  }

  private String reply() {
    String reply = getLastServerResponse();
    return reply == null ? "" : reply.strip();
  }

  /**
   * One mail transaction.
   *
   * @param written learns when the server can have the whole message
   * @return the reply that decided
   * @throws StaleConnectionException if a connection that was used before is closed; nothing of
   *     this message went into it
   * @throws IOException if the connection broke
   */
  synchronized SmtpReply transact(Envelope envelope, RequestWritten written)
      throws StaleConnectionException, IOException {
    boolean utf8 = envelope.needsSmtpUtf8();
    if (utf8 && !(supportsExtension("SMTPUTF8") && supportsExtension("8BITMIME"))) {
      return new SmtpReply(Stage.RCPT, 553, "553 5.6.7 the server offers no SMTPUTF8");
    }
    long most = sizeLimit();
    if (most > 0 && envelope.message().length > most) {
      return new SmtpReply(Stage.MAIL, 552, "552 5.3.4 the server takes %,d bytes".formatted(most));
    }
    boolean used = messages++ > 0;
    try {
      SmtpReply refused = begin(envelope, utf8, used);
      return refused == null ? message(envelope, written) : refused;
    } catch (MessagingException e) {
      throw new IOException("the connection broke", e);
    }
  }

  /** Sender and recipient: in one go where the server allows it (RFC 2920). */
  private SmtpReply begin(Envelope envelope, boolean utf8, boolean used)
      throws StaleConnectionException, MessagingException, IOException {
    String parameters =
        (supportsExtension("SIZE") ? " SIZE=" + envelope.message().length : "")
            + (utf8 ? " BODY=8BITMIME SMTPUTF8" : "");
    List<Command> commands = new ArrayList<>(3);
    if (used) {
      commands.add(new Command(null, "RSET"));
    }
    commands.add(new Command(Stage.MAIL, "MAIL FROM:<" + envelope.from() + ">" + parameters));
    commands.add(new Command(Stage.RCPT, "RCPT TO:<" + envelope.to() + ">"));
    boolean pipelining = supportsExtension("PIPELINING");
    SmtpReply refused = null;
    boolean fresh = !used;
    try {
      for (Command command : pipelining ? commands : List.<Command>of()) {
        sendCommand(command.wire());
      }
      for (Command command : commands) {
        int code = pipelining ? readServerResponse() : simpleCommand(command.wire());
        if (command.stage() == null && code != 250) {
          throw new StaleConnectionException();
        }
        fresh = true;
        if (code < 0) {
          throw new IOException("the connection was closed");
        }
        boolean accepted = code == 250 || code == 251;
        if (!accepted && refused == null) {
          refused = new SmtpReply(command.stage(), code, reply());
          if (!pipelining) {
            return refused;
          }
        }
      }
    } catch (MessagingException e) {
      if (!fresh) {
        throw new StaleConnectionException();
      }
      throw e;
    }
    return refused;
  }

  private record Command(Stage stage, String line) {

    /** The line in UTF-8, of which Angus Mail writes each character as a byte. */
    String wire() {
      return new String(line.getBytes(UTF_8), ISO_8859_1);
    }
  }

  private SmtpReply message(Envelope envelope, RequestWritten written)
      throws MessagingException, IOException {
    Stage stage = Stage.DATA;
    try {
      OutputStream data = data();
      data.write(envelope.message());
      stage = Stage.MESSAGE;
      // From here on the final dot may reach the server.
      written.handOut();
      finishData();
    } catch (SMTPSendFailedException e) {
      if (getLastReturnCode() < 400) {
        throw new IOException("no reply of SMTP came", e);
      }
    }
    return new SmtpReply(stage, getLastReturnCode(), reply());
  }

  /** The largest message that the server takes (RFC 1870); 0: it does not say. */
  private long sizeLimit() {
    String size = supportsExtension("SIZE") ? getExtensionParameter("SIZE") : null;
    return size != null && size.matches("[0-9]{1,18}") ? Long.parseLong(size) : 0;
  }

  /** The socket, for who must end a call from outside. */
  Socket socket() {
    return socket;
  }

  /** How many messages were begun. */
  int messages() {
    return messages;
  }

  long idleSince() {
    return idleSince;
  }

  void idleSince(long nanos) {
    idleSince = nanos;
  }

  /** Takes leave, without waiting for the answer. */
  void quit() {
    try {
      close();
    } catch (MessagingException | RuntimeException e) {
      // it is closed either way
    } finally {
      closeQuietly(socket);
    }
  }

  /** Ends the connection and whatever call uses it. */
  void abort() {
    closeQuietly(socket);
  }

  static void closeQuietly(Socket socket) {
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      // it is closed either way
    }
  }
}
