package io.mailstream.sender.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailstream.v1.Attachment;
import io.mailstream.v1.InlineContent;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentJsonTest {

  @Test
  void isInlineContentByTheNamesOfItsFields() throws Exception {
    String json =
        """
        {"text": "Grüße", "html": "<p>Grüße</p>", "attachments": [
          {"filename": "a.pdf", "content_type": "application/pdf", "content": "AQID"},
          {"filename": "b.png", "content_type": "image/png", "content": "", "content_id": "b"}]}
        """;
    assertThat(ContentJson.read(json.getBytes(UTF_8)))
        .isEqualTo(
            new InlineContent(
                "Grüße",
                "<p>Grüße</p>",
                List.of(
                    new Attachment(
                        "a.pdf", "application/pdf", ByteBuffer.wrap(new byte[] {1, 2, 3}), null),
                    new Attachment("b.png", "image/png", ByteBuffer.allocate(0), "b"))));
    assertThat(ContentJson.read("{\"text\":null,\"html\":\"x\"}".getBytes(UTF_8)))
        .isEqualTo(new InlineContent(null, "x", List.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "text",
        "[]",
        "{\"text\": \"a\"} {}",
        "{\"text\": \"a\", \"text\": \"b\"}",
        "{\"text\": 1}",
        "{\"text\": \"a\", \"subject\": \"b\"}",
        "{\"text\": \"a\"",
        "{\"attachments\": {}}",
        "{\"attachments\": [\"a\"]}",
        "{\"attachments\": [{\"filename\": \"a\"}]}",
        "{\"attachments\": [{\"filename\": \"a\", \"content\": \"?\"}]}",
        "{\"attachments\": [{\"filename\": null, \"content\": \"\"}]}",
        "{\"attachments\": [{\"filename\": \"a\", \"content\": \"\", \"reference\": \"x\"}]}"
      })
  void nothingElseIs(String json) {
    assertThatThrownBy(() -> ContentJson.read(json.getBytes(UTF_8)))
        .isInstanceOf(ContentJson.Malformed.class)
        .hasMessageStartingWith("the content ");
  }
}
