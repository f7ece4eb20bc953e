package io.mailstream.sender.mime;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.sender.provider.Deliveries;
import io.mailstream.v1.Attachment;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Header;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.ReasonCode;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * No value, name or address can add a header field or a recipient: deliveries made of hostile
 * pieces either are refused or parse, by another parser, to exactly what they say.
 */
class MimeInjectionTest {

  private static final int MESSAGES = 1_500;
  private static final MimeComposer COMPOSER = new MimeComposer("X-SES-", 10_000_000);

  private static final List<String> PIECES =
      List.of(
          "\r\n",
          "\r",
          "\n",
          "\0",
          "\r\n ",
          "\r\nBcc: victim@evil.example",
          "\nX-Evil: 1",
          "\t",
          " ",
          "  ",
          ",",
          ";",
          ":",
          "<",
          ">",
          "(",
          ")",
          "\"",
          "\\",
          "@",
          "=?UTF-8?Q?=0D=0A?=",
          "=?utf-8?b?DQpCY2M6IHg=?=",
          "?=",
          "=0D=0A",
          "%0d%0a",
          "\u0085",
          "\u2028",
          "\u000b",
          "\u001b",
          "\u007f",
          "\u00ad",
          "ä",
          "€",
          "日本",
          "👩‍👩‍👧",
          "\ud800",
          "\udc00",
          "İ",
          "ﬁ",
          "victim@evil.example",
          "a@b.example, c@d.example",
          "name",
          "Subject",
          "--=_",
          "x".repeat(90),
          "y z ".repeat(40),
          "w".repeat(1200),
          "multipart/mixed; boundary=x",
          "'",
          "''",
          "*",
          "/",
          "text/plain",
          "..",
          "user@example.org",
          "xn--",
          "\r\n\r\n<script>");

  private final long seed = Long.getLong("mailstream.seed", 20261121L);
  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);

  @Test
  void nothingInADeliveryAddsAFieldOrARecipient() throws Exception {
    int composed = 0;
    for (int i = 0; i < MESSAGES; i++) {
      Delivery delivery = hostile(i % 3 == 0 ? 0.02 : 0.3);
      Composition composition = COMPOSER.compose(delivery);
      try {
        if (composition instanceof Composition.Message(byte[] bytes)) {
          composed++;
          requireSame(delivery, bytes);
        }
      } catch (Throwable e) {
        throw new AssertionError(
            "message %d of -Dmailstream.seed=%d: %s".formatted(i, seed, delivery), e);
      }
    }
    // Enough of them must get through for the test to say something.
    assertThat(composed).isGreaterThan(MESSAGES / 5);
  }

  @Test
  void lineBreakOrNulAnywhereInAHeaderIsRefusedAsInjection() {
    for (String bad : List.of("\r", "\n", "\0", "\r\nBcc: v@evil.example")) {
      for (Delivery.Builder delivery :
          List.of(
              base().setSubject("a" + bad),
              base().setFrom(Deliveries.mailbox("a@example.com", bad)),
              base().setFrom(Deliveries.mailbox("a@example.com" + bad, "x")),
              base().setReplyTo(List.of(Deliveries.mailbox("a@example.com", "x" + bad))),
              base().setTo(List.of(Deliveries.mailbox("a" + bad + "@example.com", null))),
              base().setCc(List.of(Deliveries.mailbox("\"a" + bad + "\"@example.com", null))),
              base().setHeaders(List.of(new Header("X-A", "b" + bad))),
              base().setHeaders(List.of(new Header("X-A" + bad, "b"))),
              base().setContent(attachment("f" + bad, "text/plain", null)),
              base().setContent(attachment("f", "text/plain" + bad, null)),
              base().setContent(attachment("f", "text/plain", "id" + bad)))) {
        assertThat(COMPOSER.compose(delivery.build()))
            .isInstanceOfSatisfying(
                Composition.Refused.class,
                refused -> assertThat(refused.reason()).isEqualTo(ReasonCode.HEADER_INJECTION));
      }
    }
  }

  private void requireSame(Delivery delivery, byte[] bytes) throws Exception {
    MimeMessage message = Parsed.message(bytes);
    Set<String> expected =
        new TreeSet<>(
            List.of("From", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"));
    addIf(expected, "Reply-To", delivery.getReplyTo());
    addIf(expected, "To", delivery.getTo());
    addIf(expected, "Cc", delivery.getCc());
    delivery.getHeaders().forEach(header -> expected.add(header.getName()));
    List<String> names =
        Collections.list(message.getAllHeaders()).stream()
            .map(jakarta.mail.Header::getName)
            .filter(name -> !name.equals("Content-Transfer-Encoding"))
            .toList();
    assertThat(new TreeSet<>(names)).isEqualTo(expected);
    assertThat(names).hasSize(expected.size() + repeated(delivery));
    requireMailboxes(message, "From", List.of(delivery.getFrom()));
    requireMailboxes(message, "Reply-To", delivery.getReplyTo());
    requireMailboxes(message, "To", delivery.getTo());
    requireMailboxes(message, "Cc", delivery.getCc());
    assertThat(message.getSubject()).isEqualTo(wellFormed(delivery.getSubject()).strip());
    InlineContent content = (InlineContent) delivery.getContent();
    List<Part> leaves = new ArrayList<>();
    collect(message, leaves);
    assertThat(leaves).hasSize(1 + content.getAttachments().size());
    assertThat(Parsed.text(leaves.getFirst()).stripTrailing())
        .isEqualTo(wellFormed(content.getText()).replaceAll("\r\n|\r|\n", "\r\n").stripTrailing());
    for (int i = 0; i < content.getAttachments().size(); i++) {
      String name = content.getAttachments().get(i).getFilename();
      String parsed = leaves.get(i + 1).getFileName();
      assertThat(parsed == null ? "" : parsed).isEqualTo(wellFormed(name));
    }
  }

  private static int repeated(Delivery delivery) {
    List<Header> headers = delivery.getHeaders();
    return headers.size() - (int) headers.stream().map(Header::getName).distinct().count();
  }

  private static void addIf(Set<String> names, String name, List<Mailbox> mailboxes) {
    if (!mailboxes.isEmpty()) {
      names.add(name);
    }
  }

  private static void requireMailboxes(MimeMessage message, String field, List<Mailbox> given)
      throws Exception {
    assertThat(Parsed.addresses(message, field))
        .isEqualTo(
            given.stream()
                .map(mailbox -> WireAddress.find(mailbox.getAddress()).orElseThrow())
                .toList());
    for (int i = 0; i < given.size(); i++) {
      InternetAddress parsed = InternetAddress.parseHeader(message.getHeader(field)[0], true)[i];
      String name = given.get(i).getName() == null ? "" : given.get(i).getName();
      assertThat(parsed.getPersonal() == null ? "" : parsed.getPersonal())
          .isEqualTo(wellFormed(name).strip());
    }
  }

  private static void collect(Part part, List<Part> leaves) throws Exception {
    if (part.getContentType().startsWith("multipart/")) {
      Multipart multipart = (Multipart) part.getContent();
      for (int i = 0; i < multipart.getCount(); i++) {
        collect(multipart.getBodyPart(i), leaves);
      }
    } else {
      leaves.add(part);
    }
  }

  /** What is left of a text after UTF-8: half a surrogate pair is a question mark. */
  private static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private static Delivery.Builder base() {
    return Deliveries.to("user@example.org");
  }

  private Delivery hostile(double hostility) {
    return base()
        .setFrom(mailbox(hostility))
        .setReplyTo(mailboxes(1, hostility))
        .setTo(mailboxes(3, hostility))
        .setCc(mailboxes(2, hostility))
        .setSubject(text("Your receipt", hostility))
        .setHeaders(headers(hostility))
        .setContent(
            InlineContent.newBuilder()
                .setText(text("Hello", 0.9))
                .setAttachments(attachments(hostility))
                .build())
        .build();
  }

  private List<Mailbox> mailboxes(int most, double hostility) {
    return repeat(most, () -> mailbox(hostility));
  }

  private List<Header> headers(double hostility) {
    return repeat(
        2, () -> new Header("X-H" + text("", hostility / 4), text("value", hostility / 2)));
  }

  private List<Attachment> attachments(double hostility) {
    return repeat(
        2,
        () ->
            attachment(text("file.txt", hostility / 2), text("text/plain", hostility / 8), null)
                .getAttachments()
                .getFirst());
  }

  private <T> List<T> repeat(int most, java.util.function.Supplier<T> maker) {
    return java.util.stream.IntStream.range(0, random.nextInt(most + 1))
        .mapToObj(_ -> maker.get())
        .collect(Collectors.toList());
  }

  private Mailbox mailbox(double hostility) {
    String name = random.nextInt(4) == 0 ? null : text("Jane Doe", hostility);
    return Deliveries.mailbox(text("jane.doe@example.com", hostility / 8), name);
  }

  /** The text, or the text with pieces put into it. */
  private String text(String plain, double hostility) {
    StringBuilder text = new StringBuilder(plain);
    while (random.nextDouble() < hostility) {
      String piece = PIECES.get(random.nextInt(PIECES.size()));
      text.insert(random.nextInt(text.length() + 1), piece);
    }
    return text.toString();
  }

  private static InlineContent attachment(String name, String type, String id) {
    return InlineContent.newBuilder()
        .setText("t")
        .setHtml(id == null ? null : "<p>x</p>")
        .setAttachments(
            List.of(
                Attachment.newBuilder()
                    .setFilename(name)
                    .setContentType(type)
                    .setContentId(id)
                    .setContent(ByteBuffer.wrap(new byte[] {1, 2, 3}))
                    .build()))
        .build();
  }
}
