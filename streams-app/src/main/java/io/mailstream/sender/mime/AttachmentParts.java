package io.mailstream.sender.mime;

import io.mailstream.v1.Attachment;
import io.mailstream.v1.ReasonCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/** Writes attachments and inline parts, always in base64 (RFC 2045, 2183, 2231, 2392). */
final class AttachmentParts {

  private static final String TOKEN = "[A-Za-z0-9!#$&^_.+-]{1,127}";

  /** A media type with parameters, of which each is a token or a quoted string. */
  private static final Pattern MEDIA_TYPE =
      Pattern.compile(
          TOKEN
              + "/"
              + TOKEN
              + "(?:[ \\t]*;[ \\t]*"
              + TOKEN
              + "=(?:"
              + TOKEN
              + "|\"[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]{0,127}\")){0,8}");

  private static final Pattern CONTENT_ID = Pattern.compile("[\\x21-\\x3b\\x3d\\x3f-\\x7e]{1,200}");

  private static final int MAX_QUOTED_FILENAME = 50;
  private static final int SEGMENT = 50;
  private static final String HEX = "0123456789ABCDEF";

  private AttachmentParts() {}

  static void write(ByteSink out, HeaderFields headers, Attachment attachment)
      throws RefusedException {
    String filename = attachment.getFilename();
    RefusedException.requireOneLine("the file name of an attachment", filename);
    headers.plain("Content-Type", mediaType(attachment.getContentType()));
    headers.plain("Content-Transfer-Encoding", "base64");
    if (attachment.getContentId() == null) {
      headers.plain("Content-Disposition", "attachment" + filename(filename));
    } else {
      headers.plain("Content-ID", "<" + contentId(attachment.getContentId()) + ">");
      headers.plain("Content-Disposition", "inline" + filename(filename));
    }
    out.crlf();
    Transfer.base64(out, bytes(attachment.getContent()));
  }

  /**
   * An attachment for an ESP that encodes it itself.
   *
   * @param html whether there is HTML that may refer to it by its content id
   */
  static Attachment checked(Attachment attachment, boolean html) throws RefusedException {
    RefusedException.requireOneLine("the file name of an attachment", attachment.getFilename());
    String id = attachment.getContentId();
    return Attachment.newBuilder()
        .setFilename(attachment.getFilename())
        .setContentType(mediaType(attachment.getContentType()))
        .setContent(attachment.getContent().duplicate())
        .setContentId(id == null || !html ? null : contentId(id))
        .build();
  }

  private static String mediaType(String given) throws RefusedException {
    RefusedException.requireOneLine("the content type of an attachment", given);
    String type = given.strip();
    if (!MEDIA_TYPE.matcher(type).matches()) {
      throw new RefusedException(
          ReasonCode.INVALID_CONTENT,
          "the content type of an attachment is no media type: give one such as application/pdf");
    }
    String lower = type.toLowerCase(Locale.ROOT);
    // RFC 2046 forbids base64 for composite types: as a file it travels unharmed.
    return lower.startsWith("message/") || lower.startsWith("multipart/")
        ? "application/octet-stream"
        : type;
  }

  private static String contentId(String given) throws RefusedException {
    RefusedException.requireOneLine("the content id of an attachment", given);
    if (!CONTENT_ID.matcher(given).matches()) {
      throw new RefusedException(
          ReasonCode.INVALID_CONTENT,
          "the content id of an attachment is not 1 to 200 printable ASCII characters without"
              + " space and angle brackets");
    }
    return given;
  }

  private static String filename(String filename) {
    if (filename.isEmpty()) {
      return "";
    }
    if (filename.length() <= MAX_QUOTED_FILENAME && isPlain(filename)) {
      return ";\r\n filename=" + HeaderFields.quoted(filename);
    }
    return extended(filename.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isPlain(String filename) {
    return HeaderFields.isPrintable(filename)
        && filename.indexOf('\t') < 0
        && !filename.contains("=?");
  }

  /** RFC 2231, sections 3 and 4: percent-encoded UTF-8, continued over as many lines as needed. */
  private static String extended(byte[] utf8) {
    StringBuilder encoded = new StringBuilder(utf8.length * 3 + 64);
    StringBuilder segment = new StringBuilder(SEGMENT + 8);
    int count = 0;
    for (byte b : utf8) {
      boolean characterStarts = (b & 0xC0) != 0x80;
      if (characterStarts && segment.length() >= SEGMENT) {
        appendSegment(encoded, count++, segment);
      }
      if (b > 0 && (WireAddress.isAlphanumeric((char) b) || "-._~".indexOf(b) >= 0)) {
        segment.append((char) b);
      } else {
        segment.append('%').append(HEX.charAt((b >> 4) & 15)).append(HEX.charAt(b & 15));
      }
    }
    if (count == 0) {
      return ";\r\n filename*=UTF-8''" + segment;
    }
    appendSegment(encoded, count, segment);
    return encoded.toString();
  }

  private static void appendSegment(StringBuilder encoded, int index, StringBuilder segment) {
    encoded.append(";\r\n filename*").append(index).append("*=");
    if (index == 0) {
      encoded.append("UTF-8''");
    }
    encoded.append(segment);
    segment.setLength(0);
  }

  private static byte[] bytes(ByteBuffer content) {
    byte[] bytes = new byte[content.remaining()];
    content.duplicate().get(bytes);
    return bytes;
  }
}
