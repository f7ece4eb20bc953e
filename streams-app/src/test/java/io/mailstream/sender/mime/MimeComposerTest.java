package io.mailstream.sender.mime;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.sender.provider.Deliveries;
import io.mailstream.v1.Attachment;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Header;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.RawContent;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.TemplateContent;
import jakarta.mail.BodyPart;
import jakarta.mail.Message;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MimeComposerTest {

  private static final MimeComposer COMPOSER = new MimeComposer("X-SES-", 10_000_000);

  private static byte[] compose(Delivery.Builder delivery) {
    Composition composition = COMPOSER.compose(delivery.build());
    assertThat(composition).isInstanceOf(Composition.Message.class);
    return ((Composition.Message) composition).bytes();
  }

  private static MimeMessage parsed(Delivery.Builder delivery) throws Exception {
    return Parsed.message(compose(delivery));
  }

  private static String text(Delivery.Builder delivery) {
    return new String(compose(delivery), StandardCharsets.US_ASCII);
  }

  private static Composition.Refused refused(Delivery.Builder delivery) {
    Composition composition = COMPOSER.compose(delivery.build());
    assertThat(composition).isInstanceOf(Composition.Refused.class);
    return (Composition.Refused) composition;
  }

  private static Delivery.Builder delivery() {
    return Deliveries.to("user@example.org");
  }

  private static Mailbox mailbox(String address, String name) {
    return Deliveries.mailbox(address, name);
  }

  @Test
  void everyFieldArrivesAsGiven() throws Exception {
    MimeMessage message =
        parsed(
            delivery()
                .setFrom(mailbox("shop@example.com", "Jürgen's \"Shop\", Köln"))
                .setReplyTo(List.of(mailbox("help@example.com", "Help Desk")))
                .setTo(
                    List.of(
                        mailbox("user@example.org", null), mailbox("b.c+d@example.net", "B. C.")))
                .setCc(List.of(mailbox("\"odd one\"@example.net", "田中太郎")))
                .setSubject("Größe: 100 € — ok? ☺ =?UTF-8?Q?no?=")
                .setHeaders(List.of(new Header("List-Unsubscribe", "<https://example.com/u/1>"))));
    assertThat(message.getFrom())
        .containsExactly(
            new InternetAddress("shop@example.com", "Jürgen's \"Shop\", Köln", "UTF-8"));
    assertThat(((InternetAddress) message.getFrom()[0]).getPersonal())
        .isEqualTo("Jürgen's \"Shop\", Köln");
    assertThat(Parsed.addresses(message, "Reply-To")).containsExactly("help@example.com");
    assertThat(Parsed.addresses(message, "To"))
        .containsExactly("user@example.org", "b.c+d@example.net");
    assertThat(Parsed.addresses(message, "Cc")).containsExactly("\"odd one\"@example.net");
    assertThat(((InternetAddress) message.getRecipients(Message.RecipientType.CC)[0]).getPersonal())
        .isEqualTo("田中太郎");
    assertThat(message.getSubject()).isEqualTo("Größe: 100 € — ok? ☺ =?UTF-8?Q?no?=");
    assertThat(message.getHeader("List-Unsubscribe")).containsExactly("<https://example.com/u/1>");
    assertThat(message.getSentDate()).isEqualTo(Date.from(Instant.parse("2026-11-21T10:15:30Z")));
    assertThat(message.getHeader("MIME-Version")).containsExactly("1.0");
  }

  @Test
  void anAttemptIsTheSameMessageWithTheSameId() throws Exception {
    assertThat(compose(delivery().setAttempt(3))).isEqualTo(compose(delivery().setAttempt(1)));
    assertThat(parsed(delivery()).getMessageID())
        .isEqualTo("<" + delivery().getDeliveryId() + "@example.com>");
  }

  @Test
  void blindCopyRecipientIsNowhereInTheMessage() {
    Delivery.Builder blind =
        Deliveries.to("secret@example.org").setTo(List.of(mailbox("user@example.org", null)));
    assertThat(text(blind)).doesNotContain("secret").doesNotContainIgnoringCase("bcc");
  }

  @Test
  void internationalDomainGoesAsPunycode() throws Exception {
    MimeMessage message = parsed(delivery().setTo(List.of(mailbox("info@müller.example", "M"))));
    assertThat(Parsed.addresses(message, "To")).containsExactly("info@xn--mller-kva.example");
  }

  @Test
  void internationalLocalPartIsRefusedWithTheReason() {
    Composition.Refused refused = refused(delivery().setCc(List.of(mailbox("jörg@a.example", ""))));
    assertThat(refused.reason()).isEqualTo(ReasonCode.INVALID_ADDRESS);
    assertThat(refused.detail()).contains("SMTPUTF8", "Cc").doesNotContain("jörg");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a@b.example, victim@c.example",
        "a@b.example> <victim@c.example",
        "a b@c.example",
        "\"a\"b\"@c.example",
        "a@b.example,",
        "a@b.exa mple",
        "a@b.exam(ple)",
        "no-at",
        "@example.org",
        "a..b@example.org",
        ".a@example.org",
        "a@-",
        "a@[1.2.3.4>]"
      })
  void whatIsNotExactlyOneAddressIsRefused(String address) {
    assertThat(refused(delivery().setTo(List.of(mailbox(address, null)))).reason())
        .isEqualTo(ReasonCode.INVALID_ADDRESS);
  }

  @Test
  void textAloneIsOnePart() throws Exception {
    MimeMessage message =
        parsed(delivery().setContent(Deliveries.text("Dear you,\n\nÄ =3D . \n.\rend  \n")));
    assertThat(message.getContentType()).isEqualTo("text/plain; charset=UTF-8");
    assertThat(Parsed.text(message)).isEqualTo("Dear you,\r\n\r\nÄ =3D . \r\n.\r\nend  \r\n");
  }

  @Test
  void textOfAnotherScriptGoesAsBase64() throws Exception {
    String text = "これは日本語の本文です。\r\n".repeat(30);
    MimeMessage message = parsed(delivery().setContent(Deliveries.text(text)));
    assertThat(message.getEncoding()).isEqualTo("base64");
    assertThat(Parsed.text(message)).isEqualTo(text);
  }

  @Test
  void bothFormsImagesAndFilesNestAsReadersExpect() throws Exception {
    byte[] image = new byte[5000];
    new Random(1).nextBytes(image);
    MimeMessage message =
        parsed(
            delivery()
                .setContent(
                    InlineContent.newBuilder()
                        .setText("plain")
                        .setHtml("<img src=\"cid:logo@x\">")
                        .setAttachments(
                            List.of(
                                attachment("logo.png", "image/png", "logo@x", image),
                                attachment(
                                    "Rechnung 2026 – Müller.pdf", "application/pdf", null, image),
                                attachment(
                                    "a\"b\\c.ics",
                                    "text/calendar; method=REQUEST",
                                    null,
                                    new byte[0])))
                        .build()));
    MimeMultipart mixed = Parsed.multipart(message, "mixed", 3);
    MimeMultipart alternative = Parsed.multipart(mixed.getBodyPart(0), "alternative", 2);
    assertThat(Parsed.text(alternative.getBodyPart(0))).isEqualTo("plain");
    MimeMultipart related = Parsed.multipart(alternative.getBodyPart(1), "related", 2);
    assertThat(Parsed.text(related.getBodyPart(0))).isEqualTo("<img src=\"cid:logo@x\">");
    BodyPart logo = related.getBodyPart(1);
    assertThat(logo.getHeader("Content-ID")).containsExactly("<logo@x>");
    assertThat(logo.getDisposition()).isEqualTo("inline");
    assertThat(logo.getInputStream().readAllBytes()).isEqualTo(image);
    BodyPart invoice = mixed.getBodyPart(1);
    assertThat(invoice.getDisposition()).isEqualTo("attachment");
    assertThat(invoice.getFileName()).isEqualTo("Rechnung 2026 – Müller.pdf");
    assertThat(invoice.getInputStream().readAllBytes()).isEqualTo(image);
    assertThat(mixed.getBodyPart(2).getFileName()).isEqualTo("a\"b\\c.ics");
    assertThat(mixed.getBodyPart(2).getContentType()).contains("method=REQUEST");
  }

  @Test
  void longFileNameOfAnyScriptIsContinued() throws Exception {
    String name = "長い名前のファイル".repeat(12) + ".txt";
    MimeMessage message =
        parsed(delivery().setContent(withAttachment(attachment(name, "text/plain", null, "x"))));
    assertThat(Parsed.multipart(message, "mixed", 2).getBodyPart(1).getFileName()).isEqualTo(name);
  }

  @Test
  void attachedMessageTravelsAsAFile() throws Exception {
    MimeMessage message =
        parsed(
            delivery()
                .setContent(withAttachment(attachment("m.eml", "message/rfc822", null, "x"))));
    assertThat(Parsed.multipart(message, "mixed", 2).getBodyPart(1).getContentType())
        .isEqualTo("application/octet-stream");
  }

  @ParameterizedTest
  @CsvSource({
    "Bcc, INVALID_HEADER",
    "from, INVALID_HEADER",
    "Content-Type, INVALID_HEADER",
    "Resent-To, INVALID_HEADER",
    "X-SES-MESSAGE-TAGS, INVALID_HEADER",
    "x-ses-configuration-set, INVALID_HEADER",
    "'', INVALID_HEADER",
    "'X Y', INVALID_HEADER",
    "'X:Y', INVALID_HEADER",
    "'Ü', INVALID_HEADER"
  })
  void headerThatIsNotTheRequestsToWriteIsRefused(String name, ReasonCode reason) {
    assertThat(refused(delivery().setHeaders(List.of(new Header(name, "value")))).reason())
        .isEqualTo(reason);
  }

  @Test
  void longHeadersAreFoldedAndReadBack() throws Exception {
    String value = "word ".repeat(500).strip();
    String uri = "<https://example.com/" + "u".repeat(800) + ">";
    MimeMessage message =
        parsed(
            delivery()
                .setSubject(value)
                .setHeaders(List.of(new Header("X-Long", value), new Header("X-Uri", uri))));
    assertThat(message.getSubject()).isEqualTo(value);
    assertThat(Parsed.unfolded(message, "X-Long")).isEqualTo(value);
    assertThat(Parsed.unfolded(message, "X-Uri")).isEqualTo(uri);
    assertThat(refused(delivery().setHeaders(List.of(new Header("X", "u".repeat(999))))).reason())
        .isEqualTo(ReasonCode.INVALID_HEADER);
    assertThat(parsed(delivery().setSubject("u".repeat(2000))).getSubject())
        .isEqualTo("u".repeat(2000));
  }

  @Test
  void contentCannotLookLikeABoundary() throws Exception {
    String boundary = "--=_a_" + delivery().getDeliveryId();
    String text =
        boundary + "\r\nContent-Type: text/html\r\n\r\n<b>forged</b>\r\n" + boundary + "--";
    MimeMessage message =
        parsed(
            delivery()
                .setContent(InlineContent.newBuilder().setText(text).setHtml("<p>x</p>").build()));
    MimeMultipart alternative = Parsed.multipart(message, "alternative", 2);
    assertThat(Parsed.text(alternative.getBodyPart(0))).isEqualTo(text);
  }

  @Test
  void tooLargeIsRefusedBeforeItIsBuilt() {
    byte[] file = new byte[8_000_000];
    Composition.Refused refused =
        refused(delivery().setContent(withAttachment(attachment("f", "image/png", null, file))));
    assertThat(refused.reason()).isEqualTo(ReasonCode.TOO_LARGE);
    assertThat(refused.detail()).contains("10,000,000");
  }

  @Test
  void unsupportedAndEmptyContentIsRefused() {
    assertThat(
            refused(delivery().setContent(TemplateContent.newBuilder().setId("t").build()))
                .reason())
        .isEqualTo(ReasonCode.UNSUPPORTED_CONTENT);
    assertThat(refused(delivery().setContent(InlineContent.newBuilder().build())).reason())
        .isEqualTo(ReasonCode.NO_CONTENT);
  }

  @Test
  void safeRawMessageGoesUnchanged() {
    String raw = "From: The Shop <shop@example.com>\r\nSubject: x\r\n\r\nbody\r\n";
    assertThat(text(delivery().setContent(raw(raw)))).isEqualTo(raw);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "From: shop@example.com\nSubject: x\r\n\r\nbody",
        "From: shop@example.com\r\nSubject: x\r\r\n\r\nbody",
        "From: shop@example.com\r\nSubject: \u0000\r\n\r\nbody",
        "From: shop@example.com\r\nSubject: ü\r\n\r\nbody",
        "From: other@example.com\r\n\r\nbody",
        "From: shop@example.com, other@example.com\r\n\r\nbody",
        "From: other@example.com <shop@example.com>\r\n\r\nbody",
        "From: shop@example.com\r\nFrom: shop@example.com\r\n\r\nbody",
        "From: shop@example.com\r\nBcc: x@example.com\r\n\r\nbody",
        "From: shop@example.com\r\nX-SES-MESSAGE-TAGS: ms_tenant=x\r\n\r\nbody",
        "From: shop@example.com\r\nBcc\r\n : x@example.com\r\n\r\nbody",
        "Subject: no from\r\n\r\nbody",
        "From: shop@example.com\r\n",
        "\r\nFrom: shop@example.com\r\n\r\nbody",
        ""
      })
  void unsafeRawMessageIsRefused(String raw) {
    assertThat(refused(delivery().setContent(raw(raw))).reason())
        .isIn(ReasonCode.INVALID_CONTENT, ReasonCode.INVALID_SENDER);
  }

  private static RawContent raw(String mime) {
    return RawContent.newBuilder()
        .setMime(ByteBuffer.wrap(mime.getBytes(StandardCharsets.UTF_8)))
        .build();
  }

  private static InlineContent withAttachment(Attachment attachment) {
    return InlineContent.newBuilder().setText("t").setAttachments(List.of(attachment)).build();
  }

  private static Attachment attachment(String name, String type, String id, String content) {
    return attachment(name, type, id, content.getBytes(StandardCharsets.UTF_8));
  }

  private static Attachment attachment(String name, String type, String id, byte[] content) {
    return Attachment.newBuilder()
        .setFilename(name)
        .setContentType(type)
        .setContentId(id)
        .setContent(ByteBuffer.wrap(content))
        .build();
  }
}
