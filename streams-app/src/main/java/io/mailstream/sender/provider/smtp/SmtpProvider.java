package io.mailstream.sender.provider.smtp;

import io.mailstream.policy.Account;
import io.mailstream.sender.mime.Composition;
import io.mailstream.sender.mime.MimeComposer;
import io.mailstream.sender.mime.WireAddress;
import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.common.AccountAlerts;
import io.mailstream.sender.provider.common.EspText;
import io.mailstream.sender.provider.common.Refusals;
import io.mailstream.sender.provider.common.RequestWritten;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.ReasonCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/**
 * Any SMTP relay (docs/esp/smtp.md): one message, one envelope recipient a call, over connections
 * that are kept open. A connection that breaks before the final dot is written is safe; one that
 * breaks after it leaves a message that nobody can know about.
 */
public final class SmtpProvider implements EmailProvider {

  /** The largest message that is composed at all; the relay's own limit (SIZE) holds too. */
  private static final long MAX_MESSAGE_BYTES = 100L * 1024 * 1024;

  /** Our field, and those by which relays of ESPs take instructions. */
  private static final Set<String> OWN_FIELDS =
      Set.of(
          "X-Mailstream-", "X-SES-", "X-Mailgun-", "X-MC-", "X-PM-", "X-SG-", "X-SMTPAPI", "X-MJ-");

  private static final Pattern PLAIN_ID = Pattern.compile("[A-Za-z0-9._-]{1,100}");

  private final MimeComposer composer = new MimeComposer(OWN_FIELDS, MAX_MESSAGE_BYTES, true);
  private final Refusals refusals = new Refusals("the relay");
  private final SmtpReplies replies = new SmtpReplies();
  private final SmtpSettings settings;
  private final SmtpPool pool;
  private final AccountAlerts alerts;
  private final InstantSource clock;

  SmtpProvider(String account, SmtpSettings settings, InstantSource clock) {
    this.settings = settings;
    this.pool =
        new SmtpPool(
            settings,
            settings
                .trust()
                .map(SSLContext::getSocketFactory)
                .orElseGet(() -> (SSLSocketFactory) SSLSocketFactory.getDefault()));
    this.alerts = new AccountAlerts(account, clock);
    this.clock = clock;
  }

  /**
   * The provider of an account.
   *
   * @param senderConfig where its {@code user} and {@code password} are
   * @throws IllegalArgumentException if settings are wrong; the message names every fault
   */
  public static SmtpProvider create(Account account, Map<String, String> senderConfig) {
    return new SmtpProvider(
        account.name(), SmtpSettings.of(account, senderConfig), InstantSource.system());
  }

  @Override
  public SendOutcome send(Delivery delivery) {
    Optional<String> to = WireAddress.findInternational(delivery.getRecipient().getAddress());
    if (to.isEmpty()) {
      return new SendOutcome.Rejected(
          ReasonCode.INVALID_ADDRESS, "the recipient's address is not local-part@domain");
    }
    return switch (composer.compose(delivery)) {
      case Composition.Refused(ReasonCode reason, String detail) ->
          new SendOutcome.Rejected(reason, detail);
      case Composition.Message(byte[] message) -> {
        // The composer has seen to it that From is an address.
        String from =
            settings
                .returnPath()
                .or(() -> WireAddress.findInternational(delivery.getFrom().getAddress()))
                .orElseThrow();
        yield alerts.seen(call(new Envelope(from, to.get(), labelled(delivery, message))));
      }
    };
  }

  /** The message behind the field by which a relay's logs and bounces lead back to the delivery. */
  private static byte[] labelled(Delivery delivery, byte[] message) {
    if (!PLAIN_ID.matcher(delivery.getDeliveryId()).matches()) {
      return message;
    }
    byte[] field =
        ("X-Mailstream-Delivery-Id: " + delivery.getDeliveryId() + "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] labelled = new byte[field.length + message.length];
    System.arraycopy(field, 0, labelled, 0, field.length);
    System.arraycopy(message, 0, labelled, field.length, message.length);
    return labelled;
  }

  private SendOutcome call(Envelope envelope) {
    RequestWritten written = new RequestWritten();
    try (Deadline deadline = new Deadline(settings.calls().callTimeout())) {
      try {
        SmtpReply reply = pool.transact(envelope, written, deadline);
        written.seal();
        return replies.outcome(reply, clock.instant());
      } catch (IOException | RuntimeException e) {
        return broken(written, deadline, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return broken(written, deadline, e);
      }
    }
  }

  private SendOutcome broken(RequestWritten written, Deadline deadline, Exception e) {
    String why =
        deadline.isOver()
            ? "no answer within the call timeout of "
                + settings.calls().callTimeout().toMillis()
                + " ms"
            : EspText.shown(kind(e));
    return written.seal()
        ? new SendOutcome.Ambiguous(
            "the connection was lost after the final dot was written (" + why + ")")
        : refusals.unwritten(why);
  }

  /** What failed, by kind; its text only where it comes from the network, not from the call. */
  private static String kind(Exception e) {
    Throwable root = e;
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      root = cause;
    }
    String type = root.getClass().getSimpleName();
    return root instanceof IOException && root.getMessage() != null
        ? type + ": " + root.getMessage()
        : type;
  }

  /** SMTP has no way to ask. */
  @Override
  public Optional<AccountQuota> quota() {
    return Optional.empty();
  }

  @Override
  public Optional<Connections> connections() {
    return Optional.of(pool.connections());
  }

  @Override
  public void close() {
    pool.close();
  }
}
