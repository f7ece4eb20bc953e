package io.mailstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.RecordOrigin;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultFormatTest {

  private static SendResult.Builder result(ResultStatus status) {
    return SendResult.newBuilder()
        .setRequestId("r-1")
        .setTenant("acme")
        .setStream("receipts")
        .setRecipient("a@example.com")
        .setLane(Lane.BULK)
        .setStatus(status)
        .setOrigin(new RecordOrigin("mail.requests.bulk", 2, 7L))
        .setAcceptedAt(Instant.ofEpochMilli(1000))
        .setCompletedAt(Instant.ofEpochMilli(2000));
  }

  private static Terminal terminal(boolean colours) {
    return new Terminal(
        InputStream.nullInputStream(),
        new PrintWriter(Writer.nullWriter()),
        new PrintWriter(Writer.nullWriter()),
        Map.of(),
        colours);
  }

  @Test
  void aLineForPeople() {
    assertThat(
            ResultFormat.line(
                result(ResultStatus.REJECTED)
                    .setReasons(List.of(ReasonCode.SUPPRESSED, ReasonCode.TOO_LARGE))
                    .setDetail("a hard bounce")
                    .build(),
                terminal(false)))
        .isEqualTo("REJECTED   a@example.com  r-1  SUPPRESSED, TOO_LARGE  a hard bounce");
    assertThat(
            ResultFormat.line(
                result(ResultStatus.SENT).setAccount("ses").setProviderMessageId("m-1").build(),
                terminal(false)))
        .isEqualTo("SENT       a@example.com  r-1  ses m-1");
    assertThat(
            ResultFormat.line(
                result(ResultStatus.DUPLICATE).setDuplicateOf("r-0").build(), terminal(true)))
        .isEqualTo("\u001b[33mDUPLICATE\u001b[0m  a@example.com  r-1  of r-0");
  }

  @Test
  void nothingInAResultMovesTheCursor() {
    assertThat(
            ResultFormat.line(
                result(ResultStatus.REJECTED).setDetail("\u001b[2J\r\n\u009b").build(),
                terminal(true)))
        .endsWith("r-1  ?[2J???");
  }

  @Test
  void aLineForPrograms() throws Exception {
    String json =
        ResultFormat.json(
            result(ResultStatus.REJECTED)
                .setReasons(List.of(ReasonCode.SUPPRESSED))
                .setTags(Map.of("campaign", "xmas"))
                .build());

    ObjectMapper mapper = new ObjectMapper();
    assertThat(mapper.readTree(json))
        .isEqualTo(
            mapper.readTree(
                """
                {"request_id": "r-1", "tenant": "acme", "stream": "receipts",
                 "idempotency_key": "", "recipient": "a@example.com", "lane": "BULK",
                 "status": "REJECTED", "reasons": ["SUPPRESSED"], "attempts": 0,
                 "origin": {"topic": "mail.requests.bulk", "partition": 2, "offset": 7},
                 "accepted_at": "1970-01-01T00:00:01Z", "completed_at": "1970-01-01T00:00:02Z",
                 "tags": {"campaign": "xmas"}}
                """));
    assertThat(json).doesNotContain("\n");
  }
}
