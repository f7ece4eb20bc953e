package io.mailstream.sender.mime;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;

/** Messages read by a parser that is not ours. */
final class Parsed {

  private Parsed() {}

  static MimeMessage message(byte[] bytes) throws Exception {
    requireForm(bytes);
    return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(bytes));
  }

  /** Seven-bit, CRLF, lines of at most 998 characters. */
  static void requireForm(byte[] bytes) {
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      assertThat(bytes[i]).as("byte %d", i).isPositive();
      if (bytes[i] == '\n') {
        assertThat(i > 0 ? bytes[i - 1] : 0).as("before LF at %d", i).isEqualTo((byte) '\r');
        assertThat(i - 1 - start).as("length of the line at %d", start).isLessThanOrEqualTo(998);
        start = i + 1;
      } else if (bytes[i] == '\r') {
        assertThat(bytes[i + 1]).as("after CR at %d", i).isEqualTo((byte) '\n');
      }
    }
    assertThat(start).as("the last line ends").isEqualTo(bytes.length);
  }

  static List<String> addresses(MimeMessage message, String field) throws Exception {
    String[] values = message.getHeader(field);
    if (values == null) {
      return List.of();
    }
    assertThat(values).as(field).hasSize(1);
    return Arrays.stream(InternetAddress.parseHeader(values[0], true))
        .map(InternetAddress::getAddress)
        .toList();
  }

  static String unfolded(MimeMessage message, String field) throws Exception {
    return MimeUtility.decodeText(MimeUtility.unfold(message.getHeader(field)[0]));
  }

  static String text(Part part) throws Exception {
    return new String(part.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  static MimeMultipart multipart(Part part, String subtype, int parts) throws Exception {
    assertThat(part.getContentType()).startsWith("multipart/" + subtype);
    MimeMultipart multipart = (MimeMultipart) part.getContent();
    assertThat(multipart.getCount()).isEqualTo(parts);
    return multipart;
  }
}
