package io.mailstream.streams.validate;

import io.mailstream.policy.References;
import io.mailstream.v1.Attachment;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.RawContent;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ReferenceContent;
import io.mailstream.v1.TemplateContent;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What the content of a request may be. */
final class ContentRules {

  private static final int MOST_ATTACHMENTS = 100;
  private static final int LONGEST_FILENAME = 255;
  private static final int LONGEST_MEDIA_TYPE = 255;
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final Pattern MEDIA_TYPE =
      Pattern.compile(
          TOKEN + "/" + TOKEN + "( ?; ?" + TOKEN + "=(" + TOKEN + "|\"[^\"\\\\\\p{Cntrl}]*\"))*");
  private static final Pattern CONTENT_ID = Pattern.compile("[!-~&&[^<>]]{1,255}");

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private ContentRules() {}

  static void check(Faults faults, Object content, References references) {
    switch (content) {
      case InlineContent inline -> inline(faults, inline);
      case TemplateContent template -> unsupported(faults, "a template");
      case RawContent raw -> unsupported(faults, "raw MIME");
      case ReferenceContent reference -> reference(faults, reference, references);
      case null, default ->
          faults.add(ReasonCode.NO_CONTENT, "content", "is missing: give inline text or HTML");
    }
  }

  private static void unsupported(Faults faults, String kind) {
    faults.add(
        ReasonCode.UNSUPPORTED_CONTENT,
        "content",
        "is " + kind + ", which is not supported yet: give inline text or HTML");
  }

  private static void reference(Faults faults, ReferenceContent content, References references) {
    if (references.isEmpty()) {
      faults.add(
          ReasonCode.UNSUPPORTED_CONTENT,
          "content",
          "is a reference, and the policies allow none (references): give inline text or HTML");
      return;
    }
    if (references.find(content.getUri()).isEmpty()) {
      faults.add(
          ReasonCode.INVALID_CONTENT,
          "content.uri",
          "is not below an address that the policies allow (references.allowed), or is written"
              + " otherwise than plainly");
    }
    if (!SHA256.matcher(content.getSha256()).matches()) {
      faults.add(
          ReasonCode.INVALID_CONTENT, "content.sha256", "is not 64 lower-case hexadecimal digits");
    }
    if (content.getSize() < 1) {
      faults.add(ReasonCode.INVALID_CONTENT, "content.size", "is below 1: give it in bytes");
    } else if (content.getSize() > references.maxBytes()) {
      faults.add(
          ReasonCode.TOO_LARGE,
          "content.size",
          "is %d bytes: the policies allow %d (references.max_bytes)"
              .formatted(content.getSize(), references.maxBytes()));
    }
  }

  private static void inline(Faults faults, InlineContent inline) {
    if (isEmpty(inline.getText()) && isEmpty(inline.getHtml())) {
      faults.add(ReasonCode.NO_CONTENT, "content", "has neither text nor HTML: give at least one");
    }
    List<Attachment> attachments = inline.getAttachments();
    if (attachments.size() > MOST_ATTACHMENTS) {
      faults.add(
          ReasonCode.INVALID_CONTENT,
          "content.attachments",
          "has %d entries: give at most %d".formatted(attachments.size(), MOST_ATTACHMENTS));
    }
    for (int i = 0; i < attachments.size(); i++) {
      attachment(faults, "content.attachments[" + i + "]", attachments.get(i));
    }
  }

  private static void attachment(Faults faults, String where, Attachment attachment) {
    String filename = attachment.getFilename();
    if (filename.isBlank()) {
      faults.add(ReasonCode.INVALID_CONTENT, where + ".filename", "is empty: name the file");
    }
    TextRules.line(
        faults, ReasonCode.INVALID_CONTENT, where + ".filename", filename, LONGEST_FILENAME);
    String type = attachment.getContentType();
    TextRules.line(
        faults, ReasonCode.INVALID_CONTENT, where + ".content_type", type, LONGEST_MEDIA_TYPE);
    if (type.length() <= LONGEST_MEDIA_TYPE && !isMediaType(type)) {
      faults.add(
          ReasonCode.INVALID_CONTENT,
          where + ".content_type",
          "is no media type of a single part: give type/subtype, such as application/pdf");
    }
    String id = attachment.getContentId();
    if (id != null) {
      TextRules.line(
          faults, ReasonCode.INVALID_CONTENT, where + ".content_id", id, LONGEST_FILENAME);
      if (!CONTENT_ID.matcher(id).matches()) {
        faults.add(
            ReasonCode.INVALID_CONTENT,
            where + ".content_id",
            "is no content id: give 1 to 255 printable ASCII characters without < and >");
      }
    }
  }

  private static boolean isMediaType(String type) {
    return MEDIA_TYPE.matcher(type).matches()
        && !type.toLowerCase(Locale.ROOT).startsWith("multipart/");
  }

  private static boolean isEmpty(String text) {
    return text == null || text.isEmpty();
  }
}
