package io.mailstream.sender.mime;

import io.mailstream.v1.Attachment;
import io.mailstream.v1.InlineContent;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the body of a message: {@code mixed} holds what the reader may save, {@code alternative}
 * the two forms of the text, {@code related} the HTML and what it shows; each only where needed.
 *
 * <p>Every part is quoted-printable or base64, and neither can hold {@code =_} (RFC 2045, section
 * 6.7): no content can look like a boundary.
 */
final class MimeBody {

  private final ByteSink out;
  private final HeaderFields headers;
  private final String seed;

  /**
   * A body.
   *
   * @param seed alphanumeric, at most 40 characters; makes the boundaries
   */
  MimeBody(ByteSink out, HeaderFields headers, String seed) {
    this.out = out;
    this.headers = headers;
    this.seed = seed;
  }

  void write(InlineContent content) throws RefusedException {
    List<Attachment> inline = new ArrayList<>();
    List<Attachment> files = new ArrayList<>();
    for (Attachment attachment : content.getAttachments()) {
      // Without HTML nothing refers to a part by its id: it is a file like others.
      boolean related = attachment.getContentId() != null && content.getHtml() != null;
      (related ? inline : files).add(attachment);
    }
    if (files.isEmpty()) {
      text(content, inline);
      return;
    }
    String boundary = begin("mixed", "m", "");
    separate(boundary);
    text(content, inline);
    for (Attachment file : files) {
      separate(boundary);
      AttachmentParts.write(out, headers, file);
    }
    end(boundary);
  }

  private void text(InlineContent content, List<Attachment> inline) throws RefusedException {
    if (content.getHtml() == null) {
      leaf("plain", content.getText());
    } else if (content.getText() == null) {
      html(content.getHtml(), inline);
    } else {
      String boundary = begin("alternative", "a", "");
      separate(boundary);
      leaf("plain", content.getText());
      separate(boundary);
      html(content.getHtml(), inline);
      end(boundary);
    }
  }

  private void html(String html, List<Attachment> inline) throws RefusedException {
    if (inline.isEmpty()) {
      leaf("html", html);
      return;
    }
    String boundary = begin("related", "r", "; type=\"text/html\"");
    separate(boundary);
    leaf("html", html);
    for (Attachment part : inline) {
      separate(boundary);
      AttachmentParts.write(out, headers, part);
    }
    end(boundary);
  }

  private void leaf(String subtype, String text) {
    byte[] canonical = Transfer.canonical(text);
    boolean quoted = Transfer.isMostlyAscii(canonical);
    headers.plain("Content-Type", "text/" + subtype + "; charset=UTF-8");
    headers.plain("Content-Transfer-Encoding", quoted ? "quoted-printable" : "base64");
    out.crlf();
    if (quoted) {
      Transfer.quotedPrintable(out, canonical);
    } else {
      Transfer.base64(out, canonical);
    }
  }

  private String begin(String subtype, String level, String parameters) {
    String boundary = "=_" + level + "_" + seed;
    headers.plain(
        "Content-Type",
        "multipart/" + subtype + parameters + ";\r\n boundary=\"" + boundary + "\"");
    out.crlf();
    return boundary;
  }

  private void separate(String boundary) {
    out.ascii("--");
    out.ascii(boundary);
    out.crlf();
  }

  private void end(String boundary) {
    out.ascii("--");
    out.ascii(boundary);
    out.ascii("--\r\n");
  }
}
