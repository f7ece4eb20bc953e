package io.mailstream.sender.mime;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.sender.provider.Deliveries;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Header;
import io.mailstream.v1.InlineContent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.james.mime4j.codec.DecoderUtil;
import org.apache.james.mime4j.dom.Entity;
import org.apache.james.mime4j.dom.Message;
import org.apache.james.mime4j.dom.Multipart;
import org.apache.james.mime4j.dom.SingleBody;
import org.apache.james.mime4j.dom.address.Mailbox;
import org.apache.james.mime4j.message.DefaultMessageBuilder;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.MimeConfig;
import org.apache.james.mime4j.util.MimeUtil;
import org.junit.jupiter.api.Test;

/**
 * Messages read by Apache James mime4j, which shares no code and no habits with the parser of the
 * other tests: what both read alike, mailboxes read too.
 */
class SecondParserTest {

  private static final MimeComposer COMPOSER = new MimeComposer("X-SES-", 20_000_000);
  private static final String NAME = "Jörg \"J\" Müller, Größe & Söhne GmbH — 株式会社ミュラー";
  private static final String SUBJECT = "Grüße aus Köln: 請求書 №4711 😀 — ".repeat(6).strip();

  private static Message parse(byte[] message) throws IOException {
    Parsed.requireForm(message);
    DefaultMessageBuilder builder = new DefaultMessageBuilder();
    // Strict: what a lenient reader would repair is a fault here.
    builder.setMimeEntityConfig(MimeConfig.custom().setStrictParsing(true).build());
    return builder.parseMessage(new ByteArrayInputStream(message));
  }

  private static Message compose(Delivery delivery) throws IOException {
    return parse(((Composition.Message) COMPOSER.compose(delivery)).bytes());
  }

  private static String value(Entity entity, String name) {
    List<Field> fields = entity.getHeader().getFields(name);
    assertThat(fields).as(name).hasSize(1);
    return DecoderUtil.decodeEncodedWords(
        MimeUtil.unfold(fields.getFirst().getBody()), StandardCharsets.UTF_8);
  }

  private static Header header(String name, String value) {
    return Header.newBuilder().setName(name).setValue(value).build();
  }

  private static byte[] content(Entity entity) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ((SingleBody) entity.getBody()).writeTo(out);
    return out.toByteArray();
  }

  private static String text(Entity entity) throws IOException {
    return new String(content(entity), StandardCharsets.UTF_8);
  }

  private static List<Entity> parts(Entity entity, String type) {
    assertThat(entity.getMimeType()).isEqualTo(type);
    return ((Multipart) entity.getBody()).getBodyParts();
  }

  @Test
  void fieldsAreReadAsGiven() throws Exception {
    String feedbackId = "campaign-7:acme:newsletter:mailstream";
    String unsubscribe =
        "<https://example.com/unsubscribe/" + "t".repeat(300) + ">, <mailto:leave@example.com>";
    Delivery delivery =
        Deliveries.rich()
            .setFrom(Deliveries.mailbox("shop@müller.example", NAME))
            .setSubject(SUBJECT)
            .setAcceptedAt(Instant.parse("2026-11-21T10:15:30Z"))
            .setHeaders(
                List.of(
                    header("Feedback-ID", feedbackId),
                    header("List-Unsubscribe", unsubscribe),
                    header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
                    header("X-Words", "many words ".repeat(60).strip()),
                    header("X-City", "Köln ".repeat(40).strip())))
            .build();
    Message message = compose(delivery);
    Mailbox from = message.getFrom().getFirst();
    assertThat(from.getAddress()).isEqualTo("shop@xn--mller-kva.example");
    assertThat(from.getName()).isEqualTo(NAME);
    assertThat(message.getTo().flatten().stream().map(Mailbox::getAddress))
        .containsExactly("blind@xn--mller-kva.example", "a@x.org");
    assertThat(message.getTo().flatten().getFirst().getName()).isEqualTo("Jörg, Müller");
    assertThat(message.getCc().flatten().stream().map(Mailbox::getAddress))
        .containsExactly("b@x.org");
    assertThat(message.getReplyTo().flatten().stream().map(Mailbox::getAddress))
        .containsExactly("help@example.com", "b@example.com");
    assertThat(message.getBcc()).isNull();
    assertThat(message.getSubject()).isEqualTo(SUBJECT);
    assertThat(message.getDate().toInstant()).isEqualTo(Instant.parse("2026-11-21T10:15:30Z"));
    assertThat(message.getMessageId())
        .isEqualTo("<" + delivery.getDeliveryId() + "@xn--mller-kva.example>");
    assertThat(value(message, "Feedback-ID")).isEqualTo(feedbackId);
    assertThat(value(message, "List-Unsubscribe")).isEqualTo(unsubscribe);
    assertThat(value(message, "X-Words")).isEqualTo("many words ".repeat(60).strip());
    assertThat(value(message, "X-City")).isEqualTo("Köln ".repeat(40).strip());
  }

  @Test
  void textHtmlImageAndFileAreFoundWhereReadersLook() throws Exception {
    Message message = compose(Deliveries.rich().build());
    List<Entity> mixed = parts(message, "multipart/mixed");
    assertThat(mixed).hasSize(2);
    List<Entity> alternative = parts(mixed.getFirst(), "multipart/alternative");
    assertThat(text(alternative.getFirst())).isEqualTo("Hallo");
    List<Entity> related = parts(alternative.getLast(), "multipart/related");
    assertThat(related.getFirst().getMimeType()).isEqualTo("text/html");
    assertThat(related.getFirst().getCharset()).isEqualTo("UTF-8");
    Entity image = related.getLast();
    assertThat(image.getMimeType()).isEqualTo("image/png");
    assertThat(image.getDispositionType()).isEqualTo("inline");
    assertThat(value(image, "Content-ID")).isEqualTo("<logo>");
    assertThat(content(image)).isEqualTo("png".getBytes(StandardCharsets.UTF_8));
    Entity file = mixed.getLast();
    assertThat(file.getDispositionType()).isEqualTo("attachment");
    assertThat(file.getFilename()).isEqualTo("Rechnung für Jörg.txt");
    assertThat(text(file)).isEqualTo("Summe");
  }

  @Test
  void textsOfAnyScriptAreReadAsGiven() throws Exception {
    for (String given :
        List.of("plain", "Ünïcödé and = signs\t\r\n trailing \r\n.", "請求書\r\n".repeat(200))) {
      Delivery delivery =
          Deliveries.to("a@b.org")
              .setContent(InlineContent.newBuilder().setText(given).setHtml(given).build())
              .build();
      for (Entity part : parts(compose(delivery), "multipart/alternative")) {
        assertThat(text(part).stripTrailing()).isEqualTo(given.stripTrailing());
      }
    }
  }

  /** Random names and values, line breaks among them: refused, or read back as one field each. */
  @Test
  void nothingInAHeaderAddsAField() throws Exception {
    long seed = 20261121;
    Random random = new Random(seed);
    String[] pieces = {
      "a",
      "Bcc: x@y.org",
      "\r",
      "\n",
      "\r\n",
      "\0",
      " ",
      "\t",
      ",",
      ";",
      ":",
      "<",
      ">",
      "\"",
      "\\",
      "(",
      ")",
      "=?utf-8?q?=0D=0ABcc:_x@y.org?=",
      "é",
      "\u2028",
      "\u0085",
      "😀",
      "@",
      "x".repeat(90)
    };
    int read = 0;
    for (int i = 0; i < 1500; i++) {
      List<String> texts = new ArrayList<>();
      for (int j = 0; j < 3; j++) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(5); n >= 0; n--) {
          text.append(pieces[random.nextInt(pieces.length)]);
        }
        texts.add(text.toString());
      }
      Delivery delivery =
          Deliveries.to("user@example.org")
              .setFrom(Deliveries.mailbox("shop@example.com", texts.get(0)))
              .setSubject(texts.get(1))
              .setHeaders(List.of(header("X-Own", texts.get(2))))
              .build();
      if (COMPOSER.compose(delivery) instanceof Composition.Message(byte[] bytes)) {
        read++;
        Message message = parse(bytes);
        assertThat(message.getHeader().getFields().stream().map(Field::getName))
            .as("seed %d, message %d: %s", seed, i, texts)
            .containsExactly(
                "From",
                "To",
                "Subject",
                "Date",
                "Message-ID",
                "X-Own",
                "MIME-Version",
                "Content-Type",
                "Content-Transfer-Encoding");
        assertThat(message.getFrom()).hasSize(1);
        assertThat(message.getFrom().getFirst().getAddress()).isEqualTo("shop@example.com");
      }
    }
    assertThat(read).isGreaterThan(300);
  }
}
