package io.mailstream.streams.validate;

import io.mailstream.v1.Attachment;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Mailbox;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * How large a delivery is once serialised. A body is not encoded to find out that it is small: an
 * upper bound decides first, and only what might be too large is measured.
 */
final class DeliverySize {

  // UTF-16 to UTF-8 takes at most three bytes a char.
  private static final int BYTES_PER_CHAR = 3;
  private static final int FIXED_BYTES = 1024;

  private DeliverySize() {}

  /** A bound that the serialised size never exceeds, in bytes. */
  static long upperBound(Delivery delivery) {
    long chars =
        (long) delivery.getRequestId().length()
            + delivery.getTenant().length()
            + delivery.getIdempotencyKey().length()
            + delivery.getStream().length()
            + length(delivery.getActor())
            + length(delivery.getAccountHint())
            + delivery.getOrigin().getTopic().length()
            + delivery.getSubject().length();
    chars += delivery.getRecipient().getAddress().length();
    chars += length(delivery.getRecipient().getName());
    long entries = 0;
    for (var variable : delivery.getRecipient().getVariables().entrySet()) {
      chars += variable.getKey().length() + variable.getValue().length();
      entries++;
    }
    chars += mailboxes(List.of(delivery.getFrom()));
    chars += mailboxes(delivery.getReplyTo());
    chars += mailboxes(delivery.getTo());
    chars += mailboxes(delivery.getCc());
    entries += delivery.getReplyTo().size() + delivery.getTo().size() + delivery.getCc().size();
    for (var header : delivery.getHeaders()) {
      chars += header.getName().length() + header.getValue().length();
      entries++;
    }
    for (var tag : delivery.getTags().entrySet()) {
      chars += tag.getKey().length() + tag.getValue().length();
      entries++;
    }
    long bytes = 0;
    if (delivery.getContent() instanceof InlineContent inline) {
      chars += length(inline.getText()) + length(inline.getHtml());
      for (Attachment attachment : inline.getAttachments()) {
        chars += attachment.getFilename().length() + attachment.getContentType().length();
        chars += length(attachment.getContentId());
        bytes += attachment.getContent().remaining();
        entries++;
      }
    } else {
      return Long.MAX_VALUE;
    }
    // Lengths, union indexes and block counts: at most 5 bytes each, up to six of them an entry.
    return FIXED_BYTES + bytes + BYTES_PER_CHAR * chars + 30 * entries;
  }

  /** The serialised size, in bytes. */
  static long measure(Delivery delivery) {
    CountingStream count = new CountingStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(count, null);
    try {
      new SpecificDatumWriter<>(Delivery.class).write(delivery, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("a stream that only counts does not fail", e);
    }
    return count.bytes;
  }

  private static long mailboxes(List<Mailbox> mailboxes) {
    long chars = 0;
    for (Mailbox mailbox : mailboxes) {
      chars += mailbox.getAddress().length() + length(mailbox.getName());
    }
    return chars;
  }

  private static int length(String text) {
    return text == null ? 0 : text.length();
  }

  private static final class CountingStream extends OutputStream {
    private long bytes;

    @Override
    public void write(int b) {
      bytes++;
    }

    @Override
    public void write(byte[] b, int off, int len) {
      bytes += len;
    }
  }
}
