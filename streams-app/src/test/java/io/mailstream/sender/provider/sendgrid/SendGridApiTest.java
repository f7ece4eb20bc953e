package io.mailstream.sender.provider.sendgrid;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.sender.provider.Deliveries;
import io.mailstream.sender.provider.SendOutcome.Deferred;
import io.mailstream.sender.provider.http.HttpApis;
import io.mailstream.sender.provider.http.HttpCall;
import io.mailstream.sender.provider.http.HttpReply;
import io.mailstream.v1.Header;
import io.mailstream.v1.RawContent;
import io.mailstream.v1.ReasonCode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SendGridApiTest {

  private final SendGridApi api = new SendGridApi("hidden-key");

  @Test
  void theTraceGoesAlong() throws Exception {
    HttpApis.carriesTheTrace(api);
  }

  @Test
  void oneRecipientAndAllThatTheMessageHolds() throws Exception {
    HttpCall call = HttpApis.call(api, Deliveries.rich().build());
    assertThat(call.path()).isEqualTo("/v3/mail/send");
    assertThat(call.headers()).containsEntry("Authorization", "Bearer hidden-key");
    assertThat(call.toString()).doesNotContain("hidden-key");
    JsonNode json = HttpApis.json(call);
    assertThat(json.get("personalizations").toString())
        .isEqualTo(
            "[{\"to\":[{\"email\":\"blind@xn--mller-kva.example\","
                + "\"name\":\"Jörg \\\"J\\\" Müller\"}]}]");
    assertThat(json.get("from").toString())
        .isEqualTo("{\"email\":\"shop@example.com\",\"name\":\"The Shop\"}");
    assertThat(json.get("reply_to_list").toString())
        .isEqualTo(
            "[{\"email\":\"help@example.com\",\"name\":\"Help\"},{\"email\":\"b@example.com\"}]");
    assertThat(json.get("subject").asText()).isEqualTo("Grüße");
    assertThat(json.at("/content/0/type").asText()).isEqualTo("text/plain");
    assertThat(json.at("/content/1/value").asText()).contains("cid:logo");
    assertThat(json.at("/attachments/0").toString())
        .isEqualTo(
            "{\"filename\":\"logo.png\",\"type\":\"image/png\",\"disposition\":\"inline\","
                + "\"content_id\":\"logo\",\"content\":\"cG5n\"}");
    assertThat(json.at("/attachments/1/disposition").asText()).isEqualTo("attachment");
    assertThat(json.at("/attachments/1/type").asText()).isEqualTo("text/plain");
    assertThat(json.at("/headers/List-Id").asText()).isEqualTo("<news.example.com>");
    assertThat(json.at("/headers/X-City").asText()).startsWith("=?UTF-8?").hasSizeLessThan(40);
  }

  @Test
  void customArgumentsCarryOurIdsAndTheRequestsTagsUnderAPrefix() throws Exception {
    JsonNode json = HttpApis.json(HttpApis.call(api, Deliveries.rich().build()));
    assertThat(json.get("custom_args").toString())
        .isEqualTo(
            "{\"ms_delivery_id\":\"%s\",\"ms_request_id\":\"request-1\",\"ms_tenant\":\"acme\","
                    .formatted(Deliveries.rich().build().getDeliveryId())
                + "\"ms_stream\":\"receipts\",\"ms_tag_campaign\":\"autumn_2026\"}");
  }

  @Test
  void customArgumentsStayBelowSendGridsLimit() throws Exception {
    Map<String, String> tags =
        IntStream.range(0, 50)
            .boxed()
            .collect(Collectors.toMap(i -> "tag" + i, _ -> "x".repeat(256)));
    JsonNode json =
        HttpApis.json(HttpApis.call(api, Deliveries.to("a@b.org").setTags(tags).build()));
    assertThat(json.get("custom_args").toString().length()).isBetween(8_000, 9_999);
    assertThat(json.at("/custom_args/ms_delivery_id").isTextual()).isTrue();
  }

  @Test
  void namesThatSendGridRefusesAreLeftOut() throws Exception {
    JsonNode json =
        HttpApis.json(
            HttpApis.call(
                api,
                Deliveries.to("a@b.org")
                    .setFrom(Deliveries.mailbox("shop@example.com", "Shop, Inc."))
                    .build()));
    assertThat(json.get("from").toString()).isEqualTo("{\"email\":\"shop@example.com\"}");
  }

  @Test
  void whatCannotGoIsRefusedWithoutACall() {
    assertThat(HttpApis.refused(api, Deliveries.to("jörg@example.org").build()))
        .isEqualTo(ReasonCode.INVALID_ADDRESS);
    assertThat(HttpApis.refused(api, Deliveries.to("a@b.org").setSubject(" ").build()))
        .isEqualTo(ReasonCode.INVALID_SUBJECT);
    assertThat(
            HttpApis.refused(api, Deliveries.to("a@b.org").setSubject("a\r\nBcc: c@d.org").build()))
        .isEqualTo(ReasonCode.HEADER_INJECTION);
    assertThat(
            HttpApis.refused(
                api, Deliveries.to("a@b.org").setContent(Deliveries.file(22_600_000)).build()))
        .isEqualTo(ReasonCode.TOO_LARGE);
    assertThat(
            HttpApis.refused(
                api,
                Deliveries.to("a@b.org")
                    .setContent(Deliveries.text("\u0001".repeat(6_000_000)))
                    .build()))
        .isEqualTo(ReasonCode.TOO_LARGE);
    RawContent raw = RawContent.newBuilder().setMime(ByteBuffer.wrap(new byte[] {'x'})).build();
    assertThat(HttpApis.refused(api, Deliveries.to("a@b.org").setContent(raw).build()))
        .isEqualTo(ReasonCode.UNSUPPORTED_CONTENT);
    for (String name : List.of("X-SG-EID", "x-smtpapi", "Bcc", "Content-Type", "X-City\r\nBcc")) {
      Header header = Header.newBuilder().setName(name).setValue("c@d.org").build();
      assertThat(
              HttpApis.refused(api, Deliveries.to("a@b.org").setHeaders(List.of(header)).build()))
          .as(name)
          .isIn(ReasonCode.INVALID_HEADER, ReasonCode.HEADER_INJECTION);
    }
    Header twice = Header.newBuilder().setName("X-A").setValue("1").build();
    assertThat(
            HttpApis.refused(
                api, Deliveries.to("a@b.org").setHeaders(List.of(twice, twice)).build()))
        .isEqualTo(ReasonCode.INVALID_HEADER);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          400 | Does not contain a valid address.                               | ESP_REJECTED
          401 | Maximum credits exceeded                                        | ACCOUNT 15
          401 | The provided authorization grant is invalid                     | ACCOUNT 5
          403 | access forbidden                                                | ACCOUNT 5
          403 | The from address does not match a verified Sender Identity.     | IDENTITY 5
          404 | not found                                                       | ACCOUNT 5
          413 | too large                                                       | TOO_LARGE
          429 | too many requests                                               | RATE
          500 | oops                                                            | MESSAGE
          503 | oops                                                            | MESSAGE
          """)
  void errorsMean(int status, String message, String meaning) {
    String body = SendGridProviderTest.SendGridDialect.error(status, message).body();
    assertThat(HttpApis.meaning(api, status, body)).isEqualTo(meaning);
  }

  @Test
  void endOfTheRatesWindowIsBelieved() {
    String reset = String.valueOf(HttpApis.NOW.getEpochSecond() + 40);
    HttpReply.Answer answer =
        new HttpReply.Answer(429, Map.of("x-ratelimit-reset", reset), "no json");
    assertThat(((Deferred) api.outcome(answer, HttpApis.NOW)).notBefore())
        .contains(HttpApis.NOW.plusSeconds(40));
  }
}
