package io.mailstream.sender.provider.smtp;

import io.mailstream.policy.Account;
import io.mailstream.sender.mime.WireAddress;
import io.mailstream.sender.provider.common.AccountSettings;
import io.mailstream.sender.provider.common.CallSettings;
import io.mailstream.sender.provider.common.TrustedCertificates;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/**
 * The settings of an account with an SMTP relay.
 *
 * @param host the relay
 * @param port its port
 * @param tls how the connection is encrypted
 * @param ehloName what we call ourselves; empty: the address of the connection, as a literal
 * @param returnPath where bounces go (the envelope's sender); empty: to From
 * @param calls timeouts and connections
 * @param trust whom it trusts in place of Java's authorities; empty: these
 * @param messagesPerConnection after how many messages a connection is closed
 * @param login whom to log in as; empty: nobody
 */
record SmtpSettings(
    String host,
    int port,
    Tls tls,
    Optional<String> ehloName,
    Optional<String> returnPath,
    CallSettings calls,
    Optional<SSLContext> trust,
    int messagesPerConnection,
    Optional<Login> login) {

  /** A relay may take its time behind the final dot (RFC 5321, section 4.5.3.2.6). */
  private static final CallSettings CALLS =
      new CallSettings(Duration.ofSeconds(60), Duration.ofSeconds(5), Duration.ofSeconds(20), 20);

  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.:_-]{1,253}");
  private static final Pattern ADDRESS = Pattern.compile("[^\\s<>]{1,254}");

  /** How a connection is encrypted. */
  enum Tls {
    /** Begun in plain text and upgraded (RFC 3207); without the upgrade nothing is sent. */
    STARTTLS(587),
    /** From the first byte (RFC 8314). */
    IMPLICIT(465),
    /** Not at all. */
    NONE(25);

    private final int port;

    Tls(int port) {
      this.port = port;
    }
  }

  /** A user and a password, which is never part of a text. */
  record Login(String user, String password) {
    @Override
    public String toString() {
      return "Login[hidden]";
    }
  }

  /**
   * Reads the settings of an account.
   *
   * @throws IllegalArgumentException naming every fault at once
   */
  static SmtpSettings of(Account account, Map<String, String> senderConfig) {
    AccountSettings reader = new AccountSettings(account, senderConfig, "SMTP");
    String host = reader.requiredText("host", HOST, "the relay's host name");
    Tls tls = reader.choice("tls", Tls.class).orElse(Tls.STARTTLS);
    Optional<String> returnPath = reader.text("return_path", ADDRESS, "an address");
    if (returnPath.isPresent() && WireAddress.find(returnPath.get()).isEmpty()) {
      reader.fault("return_path is no address: give local-part@domain in ASCII");
    }
    SmtpSettings settings =
        new SmtpSettings(
            host,
            reader.number("port", tls.port, 1, 65_535),
            tls,
            reader.text("ehlo_name", HOST, "the host name of the sender"),
            returnPath,
            CallSettings.of(reader, CALLS),
            TrustedCertificates.of(reader),
            reader.number("messages_per_connection", 100, 1, 1_000_000),
            login(reader));
    if (settings.login.isPresent() && tls == Tls.NONE && !AccountSettings.isLoopback(host)) {
      reader.fault(
          "tls is 'none' and there is a password, which would travel in plain text: give starttls"
              + " or implicit, or no credentials");
    }
    reader.end();
    return settings;
  }

  private static Optional<Login> login(AccountSettings reader) {
    Optional<String> user = reader.credential("user");
    Optional<String> password = reader.credential("password");
    if (user.isPresent() != password.isPresent()) {
      reader.fault(
          "%s and %s belong together: give both, or none of them"
              .formatted(reader.credentialKey("user"), reader.credentialKey("password")));
    }
    return user.flatMap(u -> password.map(p -> new Login(u, p)));
  }
}
