package io.mailstream.sender.provider.smtp;

/** The server answered, and there is no connection to go on with; never leaves this package. */
final class SmtpRefusedException extends Exception {

  private final transient SmtpReply reply;

  SmtpRefusedException(SmtpReply reply) {
    super("refused at " + reply.stage(), null, false, false);
    this.reply = reply;
  }

  SmtpReply reply() {
    return reply;
  }
}
