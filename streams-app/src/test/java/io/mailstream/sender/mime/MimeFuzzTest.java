package io.mailstream.sender.mime;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mailstream.sender.provider.Deliveries;
import io.mailstream.v1.Attachment;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Header;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Mailbox;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.james.mime4j.dom.Entity;
import org.apache.james.mime4j.dom.Message;
import org.apache.james.mime4j.dom.Multipart;
import org.apache.james.mime4j.dom.address.AddressList;
import org.apache.james.mime4j.dom.address.MailboxList;
import org.apache.james.mime4j.message.DefaultMessageBuilder;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.MimeConfig;

/**
 * Messages composed out of anything: refused, or read by another parser to have the fields, the
 * recipients and the parts that the delivery has, and none beside. See docs/testing.md.
 */
class MimeFuzzTest {

  private static final MimeComposer COMPOSER = new MimeComposer("X-SES-", 1_000_000);
  private static final int LONG = 200;

  @FuzzTest(maxDuration = "10m")
  void nothingIsAdded(FuzzedDataProvider data) {
    Delivery delivery = delivery(data);
    if (!(COMPOSER.compose(delivery) instanceof Composition.Message(byte[] bytes))) {
      return;
    }
    Parsed.requireForm(bytes);
    Message message = parsed(bytes);
    assertThat(message.getHeader().getFields().stream().map(MimeFuzzTest::name).toList())
        .containsExactlyInAnyOrderElementsOf(expected(delivery, message));
    requireSame(message.getFrom(), List.of(delivery.getFrom()));
    requireSame(message.getReplyTo(), delivery.getReplyTo());
    requireSame(message.getTo(), delivery.getTo());
    requireSame(message.getCc(), delivery.getCc());
    assertThat(message.getBcc()).isNull();
    InlineContent content = (InlineContent) delivery.getContent();
    assertThat(leaves(message))
        .isEqualTo((content.getHtml() == null ? 1 : 2) + content.getAttachments().size());
  }

  private static Message parsed(byte[] bytes) {
    DefaultMessageBuilder builder = new DefaultMessageBuilder();
    builder.setMimeEntityConfig(MimeConfig.custom().setStrictParsing(true).build());
    try {
      return builder.parseMessage(new ByteArrayInputStream(bytes));
    } catch (IOException e) {
      throw new AssertionError("not read:\n" + new String(bytes, StandardCharsets.US_ASCII), e);
    }
  }

  private static Delivery delivery(FuzzedDataProvider data) {
    List<Header> headers = new ArrayList<>();
    for (int i = data.consumeInt(0, 2); i > 0; i--) {
      // RFC 5322 has parentheses in field names; mime4j takes them for comments.
      String name = "X-" + data.consumeString(20).replace('(', 'c');
      headers.add(new Header(name, data.consumeString(LONG)));
    }
    List<Attachment> attachments = new ArrayList<>();
    if (data.consumeBoolean()) {
      attachments.add(
          Attachment.newBuilder()
              .setFilename(data.consumeString(60))
              .setContentType(data.consumeBoolean() ? "text/plain" : data.consumeString(40))
              .setContentId(data.consumeBoolean() ? null : data.consumeString(20))
              .setContent(ByteBuffer.wrap(data.consumeBytes(40)))
              .build());
    }
    return Deliveries.to("user@example.org")
        .setFrom(mailbox(data))
        .setReplyTo(data.consumeBoolean() ? List.of() : List.of(mailbox(data)))
        .setTo(List.of(mailbox(data), mailbox(data)))
        .setCc(data.consumeBoolean() ? List.of() : List.of(mailbox(data)))
        .setHeaders(headers)
        .setContent(
            InlineContent.newBuilder()
                .setHtml(data.consumeBoolean() ? null : data.consumeString(LONG))
                .setAttachments(attachments)
                .setText(data.consumeString(LONG))
                .build())
        .setSubject(data.consumeRemainingAsString())
        .build();
  }

  /** Most addresses are good ones, or nothing would get through. */
  private static Mailbox mailbox(FuzzedDataProvider data) {
    return Deliveries.mailbox(
        switch (data.consumeInt(0, 7)) {
          case 0 -> data.consumeString(40);
          case 1 -> data.consumeString(20) + "@example.org";
          case 2 -> "\"" + data.consumeString(20) + "\"@example.org";
          default -> "jane.doe@example.org";
        },
        data.consumeBoolean() ? null : data.consumeString(60));
  }

  private static List<String> expected(Delivery delivery, Message message) {
    List<String> names =
        new ArrayList<>(
            List.of("from", "to", "subject", "date", "message-id", "mime-version", "content-type"));
    if (!delivery.getReplyTo().isEmpty()) {
      names.add("reply-to");
    }
    if (!delivery.getCc().isEmpty()) {
      names.add("cc");
    }
    if (!message.isMultipart()) {
      names.add("content-transfer-encoding");
    }
    delivery.getHeaders().forEach(one -> names.add(one.getName().toLowerCase(Locale.ROOT)));
    return names;
  }

  private static String name(Field field) {
    return field.getName().toLowerCase(Locale.ROOT);
  }

  private static void requireSame(MailboxList read, List<Mailbox> given) {
    requireSame(new AddressList(List.copyOf(read), true), given);
  }

  private static void requireSame(AddressList read, List<Mailbox> given) {
    assertThat(read == null ? 0 : read.flatten().size()).isEqualTo(given.size());
    for (int i = 0; i < given.size(); i++) {
      String wire = WireAddress.find(given.get(i).getAddress()).orElseThrow();
      // The parser gives the local part without quotes and backslashes.
      int at = wire.lastIndexOf('@');
      String local = wire.substring(0, at);
      String bare =
          local.startsWith("\"")
              ? local.substring(1, local.length() - 1).replaceAll("\\\\(.)", "$1")
              : local;
      assertThat(read.flatten().get(i).getLocalPart()).isEqualTo(bare);
      assertThat(read.flatten().get(i).getDomain()).isEqualTo(wire.substring(at + 1));
    }
  }

  private static int leaves(Entity entity) {
    return entity.getBody() instanceof Multipart multipart
        ? multipart.getBodyParts().stream().mapToInt(MimeFuzzTest::leaves).sum()
        : 1;
  }
}
