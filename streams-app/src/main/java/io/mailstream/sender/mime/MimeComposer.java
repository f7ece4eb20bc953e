package io.mailstream.sender.mime;

import io.mailstream.v1.Attachment;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Header;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.RawContent;
import io.mailstream.v1.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Turns a delivery into the message that its recipient sees: RFC 5322 header fields, RFC 2045 and
 * 2046 body, all of it seven-bit ASCII with CRLF line ends; only where the composer may use RFC
 * 6532 are addresses beyond ASCII written in UTF-8.
 *
 * <p>A pure function of the delivery without its attempt number: a repeated attempt is the same
 * message, byte for byte and with the same Message-ID, so that a mailbox that got it twice can
 * tell. There is never a Bcc field. Nothing in a name, value or address can begin another field or
 * add a recipient: what holds CR, LF or NUL is refused, the rest is quoted or encoded.
 *
 * <p>Own code where a library would do, because of the cost: see docs/adr/0006.
 */
public final class MimeComposer {

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.US).withZone(ZoneOffset.UTC);

  private final HeaderRules rules;
  private final boolean smtpUtf8;
  private final long maxBytes;

  /**
   * A composer for one kind of ESP, in ASCII throughout.
   *
   * @param espPrefix the prefix of header fields by which the ESP takes instructions, such as
   *     {@code X-SES-}: a request may not write them
   * @param maxBytes the largest message that the ESP takes, in bytes
   */
  public MimeComposer(String espPrefix, long maxBytes) {
    this(Set.of(espPrefix), maxBytes, false);
  }

  /**
   * A composer for one kind of ESP.
   *
   * @param espPrefixes prefixes of header fields by which the ESP takes instructions
   * @param maxBytes the largest message that the ESP takes, in bytes
   * @param smtpUtf8 whether local parts beyond ASCII go into the header in UTF-8 (RFC 6532)
   */
  public MimeComposer(Set<String> espPrefixes, long maxBytes, boolean smtpUtf8) {
    this.rules = new HeaderRules(espPrefixes, smtpUtf8);
    this.smtpUtf8 = smtpUtf8;
    this.maxBytes = maxBytes;
  }

  /** The message of a delivery, or why there is none. */
  public Composition compose(Delivery delivery) {
    try {
      byte[] message =
          switch (delivery.getContent()) {
            case InlineContent inline -> inline(delivery, inline);
            case RawContent raw -> RawMessage.require(delivery, raw, rules);
            default ->
                throw new RefusedException(
                    ReasonCode.UNSUPPORTED_CONTENT,
                    "this kind of content cannot be sent yet: send text and HTML inline");
          };
      requireSize(message.length);
      return new Composition.Message(message);
    } catch (RefusedException e) {
      return e.refused();
    }
  }

  private void requireSize(long bytes) throws RefusedException {
    if (bytes > maxBytes) {
      throw RefusedException.tooLarge(bytes, maxBytes);
    }
  }

  private byte[] inline(Delivery delivery, InlineContent content) throws RefusedException {
    if (content.getText() == null && content.getHtml() == null) {
      throw new RefusedException(
          ReasonCode.NO_CONTENT, "the message has neither text nor HTML: give one of them");
    }
    long attachments = 0;
    for (Attachment attachment : content.getAttachments()) {
      attachments += Transfer.base64Length(attachment.getContent().remaining());
    }
    // Before anything is encoded: a message that is far too large is not built first.
    requireSize(attachments);
    ByteSink out = new ByteSink((int) Math.min(estimate(content) + attachments, maxBytes));
    HeaderFields headers = new HeaderFields(out, rules);
    fields(delivery, headers);
    new MimeBody(out, headers, boundarySeed(delivery)).write(content);
    return out.toByteArray();
  }

  private static long estimate(InlineContent content) {
    long text = content.getText() == null ? 0 : content.getText().length();
    long html = content.getHtml() == null ? 0 : content.getHtml().length();
    return 1024 + (text + html) * 5 / 4;
  }

  private void fields(Delivery delivery, HeaderFields headers) throws RefusedException {
    headers.mailboxes("From", List.of(delivery.getFrom()));
    headers.mailboxes("Reply-To", delivery.getReplyTo());
    headers.mailboxes("To", delivery.getTo());
    headers.mailboxes("Cc", delivery.getCc());
    headers.subject(delivery.getSubject());
    headers.plain("Date", date(delivery.getAcceptedAt()));
    headers.plain("Message-ID", messageId(delivery));
    for (Header header : delivery.getHeaders()) {
      headers.custom(header);
    }
    headers.plain("MIME-Version", "1.0");
  }

  private static String date(Instant acceptedAt) {
    return DATE.format(acceptedAt);
  }

  /** From the delivery id alone; an ESP may put its own in place of it. */
  private String messageId(Delivery delivery) throws RefusedException {
    String from = delivery.getFrom().getAddress();
    String wire =
        (smtpUtf8 ? WireAddress.findInternational(from) : WireAddress.find(from))
            .orElseThrow(() ->
                new RefusedException(
                    ReasonCode.INVALID_SENDER, "the From address is not local-part@domain"));
    return "<" + boundarySeed(delivery) + wire.substring(wire.lastIndexOf('@')) + ">";
  }

  /** The delivery id, or its bytes in hexadecimal where it is none of ours. */
  private static String boundarySeed(Delivery delivery) {
    String id = delivery.getDeliveryId();
    boolean plain =
        !id.isEmpty()
            && id.length() <= 40
            && id.chars().allMatch(c -> WireAddress.isAlphanumeric((char) c));
    if (plain) {
      return id;
    }
    String hex = HexFormat.of().formatHex(id.getBytes(StandardCharsets.UTF_8));
    return "x" + hex.substring(0, Math.min(hex.length(), 39));
  }
}
