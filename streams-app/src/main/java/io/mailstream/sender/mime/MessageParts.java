package io.mailstream.sender.mime;

import io.mailstream.v1.Attachment;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Header;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.ReasonCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * The parts of a message for an ESP that writes the MIME itself: checked by the same rules by which
 * {@link MimeComposer} writes it, since what an ESP would refuse or repair is not known.
 *
 * <p>Addresses have ASCII local parts and Punycode domains, display names are as people read them
 * and empty where there is none. Every text but the content is one line.
 *
 * @param recipient the one recipient; whoever else is in To and Cc is left out, since such an ESP
 *     would send to them too
 * @param from the author
 * @param replyTo where replies go
 * @param subject the subject
 * @param text the plain text; null: none
 * @param html the HTML; null: none
 * @param files attachments and inline parts
 * @param headers the request's own fields, values in ASCII; each name once
 */
public record MessageParts(
    Mailbox recipient,
    Mailbox from,
    List<Mailbox> replyTo,
    String subject,
    String text,
    String html,
    List<Attachment> files,
    Map<String, String> headers)
    implements CheckedParts {

  /**
   * The parts of a delivery.
   *
   * @param espPrefixes prefixes of header fields by which the ESP takes instructions
   * @param maxBytes the most bytes of texts and of attachments in base64 together
   */
  public static CheckedParts of(Delivery delivery, Collection<String> espPrefixes, long maxBytes) {
    try {
      return require(delivery, new HeaderRules(espPrefixes, false), maxBytes);
    } catch (RefusedException e) {
      return e.refused();
    }
  }

  private static MessageParts require(Delivery delivery, HeaderRules rules, long maxBytes)
      throws RefusedException {
    if (!(delivery.getContent() instanceof InlineContent content)) {
      throw new RefusedException(
          ReasonCode.UNSUPPORTED_CONTENT,
          "this ESP takes text and HTML only: send them inline, or by an account that takes MIME");
    }
    if (content.getText() == null && content.getHtml() == null) {
      throw new RefusedException(
          ReasonCode.NO_CONTENT, "the message has neither text nor HTML: give one of them");
    }
    requireSize(content, maxBytes);
    Mailbox recipient =
        Mailbox.newBuilder()
            .setAddress(delivery.getRecipient().getAddress())
            .setName(delivery.getRecipient().getName())
            .build();
    RefusedException.requireOneLine("the subject", delivery.getSubject());
    return new MessageParts(
        mailbox(rules, "To", recipient),
        mailbox(rules, "From", delivery.getFrom()),
        mailboxes(rules, delivery.getReplyTo()),
        delivery.getSubject().strip(),
        content.getText(),
        content.getHtml(),
        files(content),
        headers(rules, delivery.getHeaders()));
  }

  private static void requireSize(InlineContent content, long maxBytes) throws RefusedException {
    long bytes = length(content.getText()) + length(content.getHtml());
    for (Attachment file : content.getAttachments()) {
      bytes += (file.getContent().remaining() + 2L) / 3 * 4;
    }
    if (bytes > maxBytes) {
      throw RefusedException.tooLarge(bytes, maxBytes);
    }
  }

  private static long length(String text) {
    return text == null ? 0 : text.length();
  }

  private static List<Mailbox> mailboxes(HeaderRules rules, List<Mailbox> given)
      throws RefusedException {
    List<Mailbox> checked = new ArrayList<>(given.size());
    for (Mailbox mailbox : given) {
      checked.add(mailbox(rules, "Reply-To", mailbox));
    }
    return checked;
  }

  private static Mailbox mailbox(HeaderRules rules, String field, Mailbox given)
      throws RefusedException {
    return Mailbox.newBuilder()
        .setAddress(rules.address(field, given.getAddress()))
        .setName(HeaderRules.displayName(field, given.getName()))
        .build();
  }

  private static List<Attachment> files(InlineContent content) throws RefusedException {
    List<Attachment> files = new ArrayList<>(content.getAttachments().size());
    for (Attachment file : content.getAttachments()) {
      files.add(AttachmentParts.checked(file, content.getHtml() != null));
    }
    return files;
  }

  private static Map<String, String> headers(HeaderRules rules, List<Header> given)
      throws RefusedException {
    Map<String, String> headers = new LinkedHashMap<>();
    TreeSet<String> names = new TreeSet<>();
    for (Header header : given) {
      rules.requireName(header.getName());
      if (!names.add(header.getName().toLowerCase(Locale.ROOT))) {
        throw new RefusedException(
            ReasonCode.INVALID_HEADER,
            "the header " + header.getName() + " comes twice, and this ESP takes it once");
      }
      String value = rules.value(header);
      headers.put(
          header.getName(),
          HeaderFields.isPrintable(value) ? value : EncodedWords.encodeOnOneLine(value));
    }
    return headers;
  }

  /** The refusal of a message that turned out too large as a whole. */
  public static Composition.Refused tooLarge(long bytes, long maxBytes) {
    return RefusedException.tooLarge(bytes, maxBytes).refused();
  }

  /** A mailbox as one text, its name quoted (RFC 5322, section 3.4) and not encoded. */
  public static String display(Mailbox mailbox) {
    return mailbox.getName().isEmpty()
        ? mailbox.getAddress()
        : HeaderFields.quoted(mailbox.getName()) + " <" + mailbox.getAddress() + ">";
  }

  /** A file's name, or a stand-in for none. */
  public static String filename(Attachment file) {
    return file.getFilename().isBlank() ? "attachment" : file.getFilename();
  }

  /** A file's media type without parameters. */
  public static String mediaType(Attachment file) {
    String type = file.getContentType();
    int semicolon = type.indexOf(';');
    return semicolon < 0 ? type : type.substring(0, semicolon).strip();
  }
}
