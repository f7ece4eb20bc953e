package io.mailstream.sender.provider.mandrill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.sender.mime.Composition;
import io.mailstream.sender.mime.MimeComposer;
import io.mailstream.sender.provider.Deliveries;
import io.mailstream.sender.provider.http.HttpApis;
import io.mailstream.sender.provider.http.HttpCall;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Header;
import io.mailstream.v1.ReasonCode;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MandrillApiTest {

  private final MandrillApi api = new MandrillApi("hidden-key", Optional.of("customer-1"));

  private static JsonNode metadata(String raw) throws Exception {
    MimeMessage message =
        new MimeMessage(
            Session.getInstance(new Properties()),
            new ByteArrayInputStream(raw.getBytes(StandardCharsets.US_ASCII)));
    assertThat(raw.lines().mapToInt(String::length).max().orElse(0)).isLessThan(998);
    return new ObjectMapper()
        .readTree(MimeUtility.unfold(String.join("|", message.getHeader("X-MC-Metadata"))));
  }

  @Test
  void theTraceGoesAlong() throws Exception {
    HttpApis.carriesTheTrace(api);
  }

  @Test
  void oneEnvelopeRecipientAndOurMessageBehindTheInstructions() throws Exception {
    Delivery delivery = Deliveries.rich().build();
    HttpCall call = HttpApis.call(api, delivery);
    assertThat(call.path()).isEqualTo("/api/1.0/messages/send-raw");
    assertThat(call.toString()).doesNotContain("hidden-key");
    JsonNode json = HttpApis.json(call);
    assertThat(json.get("key").asText()).isEqualTo("hidden-key");
    assertThat(json.get("to").toString()).isEqualTo("[\"blind@xn--mller-kva.example\"]");
    assertThat(json.get("async").asBoolean()).isFalse();
    String raw = json.get("raw_message").asText();
    byte[] message =
        ((Composition.Message) new MimeComposer("X-MC-", 1 << 20).compose(delivery)).bytes();
    assertThat(raw)
        .startsWith("X-MC-PreserveRecipients: true\r\nX-MC-Subaccount: customer-1\r\n")
        .endsWith("}\r\n" + new String(message, StandardCharsets.US_ASCII));
    assertThat(metadata(raw).toString())
        .isEqualTo(
            "{\"ms_delivery_id\":\"%s\",\"ms_request_id\":\"request-1\",\"ms_tenant\":\"acme\","
                    .formatted(delivery.getDeliveryId())
                + "\"ms_stream\":\"receipts\",\"campaign\":\"autumn_2026\"}");
  }

  @Test
  void metadataStaysWithinMandrillsLimits() throws Exception {
    Map<String, String> tags =
        IntStream.range(0, 50)
            .boxed()
            .collect(Collectors.toMap(i -> "tag" + i, _ -> "x".repeat(150)));
    Delivery delivery =
        Deliveries.to("a@b.org").setTags(tags).setTenant("\"}\r\nBcc: c@d.org").build();
    JsonNode json = HttpApis.json(HttpApis.call(api, delivery));
    JsonNode metadata = metadata(json.get("raw_message").asText());
    assertThat(metadata.size()).isBetween(5, 10);
    assertThat(metadata.has("ms_tenant")).isFalse();
    assertThat(metadata.toString()).hasSizeLessThanOrEqualTo(1000);
  }

  @Test
  void whatCannotGoIsRefusedWithoutACall() {
    assertThat(HttpApis.refused(api, Deliveries.to("jörg@example.org").build()))
        .isEqualTo(ReasonCode.INVALID_ADDRESS);
    assertThat(
            HttpApis.refused(
                api, Deliveries.to("a@b.org").setContent(Deliveries.file(19_000_000)).build()))
        .isEqualTo(ReasonCode.TOO_LARGE);
    Header header = Header.newBuilder().setName("X-MC-BccAddress").setValue("c@d.org").build();
    assertThat(HttpApis.refused(api, Deliveries.to("a@b.org").setHeaders(List.of(header)).build()))
        .isEqualTo(ReasonCode.INVALID_HEADER);
  }

  @ParameterizedTest
  @CsvSource({
    "sent, null, id-7",
    "queued, null, id-7",
    "scheduled, null, id-7",
    "rejected, \"hard-bounce\", SUPPRESSED",
    "rejected, \"soft-bounce\", SUPPRESSED",
    "rejected, \"spam\", SUPPRESSED",
    "rejected, \"unsub\", SUPPRESSED",
    "rejected, \"custom\", SUPPRESSED",
    "rejected, \"invalid\", INVALID_ADDRESS",
    "rejected, \"invalid-sender\", IDENTITY 5",
    "rejected, \"unsigned\", IDENTITY 5",
    "rejected, \"test-mode-limit\", ACCOUNT 15",
    "rejected, \"rule\", ESP_REJECTED",
    "rejected, null, ESP_REJECTED",
    "invalid, null, INVALID_ADDRESS"
  })
  void statusOfTheRecipientMeans(String status, String reason, String meaning) {
    String body = MandrillProviderTest.MandrillDialect.entry(status, reason, "id-7").body();
    assertThat(HttpApis.meaning(api, 200, body)).isEqualTo(meaning);
  }

  @ParameterizedTest
  @CsvSource({
    "500, Invalid_Key, ACCOUNT 5",
    "401, Invalid_Key, ACCOUNT 5",
    "500, PaymentRequired, ACCOUNT 15",
    "500, Unknown_Subaccount, ACCOUNT 5",
    "500, ValidationError, ESP_REJECTED",
    "500, GeneralError, MESSAGE",
    "500, New_To_Us, MESSAGE",
    "429, New_To_Us, RATE"
  })
  void errorsMean(int status, String name, String meaning) {
    String body = MandrillProviderTest.MandrillDialect.error(name, "text").body();
    assertThat(HttpApis.meaning(api, status, body)).isEqualTo(meaning);
  }
}
