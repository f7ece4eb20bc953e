package io.mailstream.sender.provider.smtp;

/**
 * What the server said, and to what.
 *
 * @param stage how far the call had come
 * @param code the reply code (RFC 5321, section 4.2)
 * @param text the whole reply, code included
 */
record SmtpReply(Stage stage, int code, String text) {

  /** The stages of a call. */
  enum Stage {
    /** Greeting, EHLO and STARTTLS. */
    CONNECT,
    /** The server's certificate, or that it has no STARTTLS. */
    TLS,
    /** AUTH. */
    LOGIN,
    /** MAIL, the sender. */
    MAIL,
    /** RCPT, the recipient. */
    RCPT,
    /** DATA, before the message. */
    DATA,
    /** The end of the message. */
    MESSAGE
  }

  /** Whether the server goes on after it. */
  boolean keepsConnection() {
    return code != 421 && stage.compareTo(Stage.LOGIN) > 0;
  }
}
