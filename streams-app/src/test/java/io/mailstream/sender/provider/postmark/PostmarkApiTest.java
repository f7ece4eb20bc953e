package io.mailstream.sender.provider.postmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.sender.provider.Deliveries;
import io.mailstream.sender.provider.http.HttpApis;
import io.mailstream.sender.provider.http.HttpCall;
import io.mailstream.v1.Header;
import io.mailstream.v1.ReasonCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostmarkApiTest {

  private final PostmarkApi api = new PostmarkApi("hidden-token", Optional.of("broadcast"));

  @Test
  void theTraceGoesAlong() throws Exception {
    HttpApis.carriesTheTrace(api);
  }

  @Test
  void oneRecipientAndAllThatTheMessageHolds() throws Exception {
    HttpCall call = HttpApis.call(api, Deliveries.rich().build());
    assertThat(call.path()).isEqualTo("/email");
    assertThat(call.headers()).containsEntry("X-Postmark-Server-Token", "hidden-token");
    JsonNode json = HttpApis.json(call);
    assertThat(json.get("From").asText()).isEqualTo("\"The Shop\" <shop@example.com>");
    assertThat(json.get("To").asText())
        .isEqualTo("\"Jörg \\\"J\\\" Müller\" <blind@xn--mller-kva.example>");
    assertThat(json.has("Cc")).isFalse();
    assertThat(json.has("Bcc")).isFalse();
    assertThat(json.get("ReplyTo").asText())
        .isEqualTo("\"Help\" <help@example.com>, b@example.com");
    assertThat(json.get("Subject").asText()).isEqualTo("Grüße");
    assertThat(json.get("TextBody").asText()).isEqualTo("Hallo");
    assertThat(json.get("HtmlBody").asText()).contains("cid:logo");
    assertThat(json.get("MessageStream").asText()).isEqualTo("broadcast");
    assertThat(json.at("/Headers/0").toString())
        .isEqualTo("{\"Name\":\"List-Id\",\"Value\":\"<news.example.com>\"}");
    assertThat(json.at("/Attachments/0").toString())
        .isEqualTo(
            "{\"Name\":\"logo.png\",\"ContentType\":\"image/png\",\"ContentID\":\"cid:logo\","
                + "\"Content\":\"cG5n\"}");
    assertThat(json.at("/Attachments/1/ContentID").isMissingNode()).isTrue();
  }

  @Test
  void metadataCarriesOurIdsAndWhatOfTheRequestsFits() throws Exception {
    Map<String, String> tags =
        Map.of("a", "1", "a_name_of_21_letters_", "x", "long", "x".repeat(81), "ms_x", "evil");
    JsonNode json =
        HttpApis.json(HttpApis.call(api, Deliveries.to("a@b.org").setTags(tags).build()));
    assertThat(json.get("Metadata").toString())
        .isEqualTo(
            "{\"ms_delivery_id\":\"%s\",\"ms_request_id\":\"request-1\",\"ms_tenant\":\"acme\","
                    .formatted(Deliveries.rich().build().getDeliveryId())
                + "\"ms_stream\":\"receipts\",\"a\":\"1\"}");
  }

  @Test
  void whatCannotGoIsRefusedWithoutACall() {
    assertThat(HttpApis.refused(api, Deliveries.to("jörg@example.org").build()))
        .isEqualTo(ReasonCode.INVALID_ADDRESS);
    assertThat(
            HttpApis.refused(
                api, Deliveries.to("a@b.org").setContent(Deliveries.file(7_600_000)).build()))
        .isEqualTo(ReasonCode.TOO_LARGE);
    assertThat(
            HttpApis.refused(
                api,
                Deliveries.to("a@b.org")
                    .setContent(Deliveries.text("x".repeat(5_000_001)))
                    .build()))
        .isEqualTo(ReasonCode.TOO_LARGE);
    Header header = Header.newBuilder().setName("X-PM-Tag").setValue("x").build();
    assertThat(HttpApis.refused(api, Deliveries.to("a@b.org").setHeaders(List.of(header)).build()))
        .isEqualTo(ReasonCode.INVALID_HEADER);
    assertThat(
            HttpApis.refused(
                api,
                Deliveries.to("a@b.org")
                    .setFrom(Deliveries.mailbox("a@b.org", "x\r\nBcc: c@d.org"))
                    .build()))
        .isEqualTo(ReasonCode.HEADER_INJECTION);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          401 | 10   | Bad or missing API token            | ACCOUNT 5
          503 | 100  | Maintenance                         | MESSAGE
          422 | 300  | Invalid email request               | ESP_REJECTED
          422 | 400  | Sender Signature not found          | IDENTITY 5
          422 | 401  | Sender signature not confirmed      | IDENTITY 5
          422 | 402  | Invalid JSON                        | ESP_REJECTED
          422 | 405  | Not allowed to send                 | ACCOUNT 15
          422 | 406  | Inactive recipient                  | SUPPRESSED
          422 | 411  | Forbidden attachment type           | ESP_REJECTED
          422 | 412  | Account is pending                  | ACCOUNT 5
          422 | 413  | Account may not send                | ACCOUNT 5
          422 | 1235 | The 'MessageStream' does not exist. | ACCOUNT 5
          429 | 429  | Rate limit exceeded                 | RATE
          500 | 1    | oops                                | MESSAGE
          401 | 0    | ''                                  | ACCOUNT 5
          413 | 0    | ''                                  | TOO_LARGE
          404 | 0    | ''                                  | ACCOUNT 5
          """)
  void errorsMean(int status, int code, String message, String meaning) {
    String body = PostmarkProviderTest.PostmarkDialect.error(status, code, message).body();
    assertThat(HttpApis.meaning(api, status, body)).isEqualTo(meaning);
  }
}
