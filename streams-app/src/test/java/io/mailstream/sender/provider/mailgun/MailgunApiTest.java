package io.mailstream.sender.provider.mailgun;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.sender.mime.Composition;
import io.mailstream.sender.mime.MimeComposer;
import io.mailstream.sender.provider.Deliveries;
import io.mailstream.sender.provider.http.HttpApis;
import io.mailstream.sender.provider.http.HttpCall;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Header;
import io.mailstream.v1.ReasonCode;
import jakarta.mail.BodyPart;
import jakarta.mail.internet.ContentDisposition;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.util.ByteArrayDataSource;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MailgunApiTest {

  private final MailgunApi api = new MailgunApi("mg.example.com", "hidden-key");

  /** The fields of the form, read by a parser that is not ours. */
  private Map<String, String> form(HttpCall call) throws Exception {
    MimeMultipart form =
        new MimeMultipart(
            new ByteArrayDataSource(
                HttpApis.body(call).getBytes(StandardCharsets.UTF_8), call.contentType()));
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 0; i < form.getCount(); i++) {
      BodyPart part = form.getBodyPart(i);
      String disposition = part.getHeader("Content-Disposition")[0];
      fields.put(
          new ContentDisposition(disposition).getParameter("name"),
          new String(part.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }
    return fields;
  }

  @Test
  void theTraceGoesAlong() throws Exception {
    HttpApis.carriesTheTrace(api);
  }

  @Test
  void oneEnvelopeRecipientOurMessageAndVariables() throws Exception {
    Delivery delivery = Deliveries.rich().build();
    HttpCall call = HttpApis.call(api, delivery);
    assertThat(call.path()).isEqualTo("/v3/mg.example.com/messages.mime");
    // "api:hidden-key" in base64
    assertThat(call.headers()).containsEntry("Authorization", "Basic YXBpOmhpZGRlbi1rZXk=");
    byte[] message =
        ((Composition.Message) new MimeComposer("X-Mailgun-", 1 << 20).compose(delivery)).bytes();
    assertThat(form(call))
        .isEqualTo(
            Map.of(
                "to", "blind@xn--mller-kva.example",
                "v:ms_delivery_id", delivery.getDeliveryId(),
                "v:ms_request_id", "request-1",
                "v:ms_tenant", "acme",
                "v:ms_stream", "receipts",
                "v:campaign", "autumn_2026",
                "message", new String(message, StandardCharsets.US_ASCII)));
  }

  @Test
  void nothingInADeliveryAddsAFieldToTheForm() throws Exception {
    Delivery delivery =
        Deliveries.to("a@b.org")
            .setRequestId(
                "x\r\n--ms-0\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\nc@d.org")
            .setTags(Map.of("a\"; name=\"to", "c@d.org"))
            .build();
    assertThat(form(HttpApis.call(api, delivery)))
        .containsOnlyKeys("to", "v:ms_delivery_id", "v:ms_tenant", "v:ms_stream", "message")
        .containsEntry("to", "a@b.org");
  }

  @Test
  void whatCannotGoIsRefusedWithoutACall() {
    assertThat(HttpApis.refused(api, Deliveries.to("jörg@example.org").build()))
        .isEqualTo(ReasonCode.INVALID_ADDRESS);
    assertThat(
            HttpApis.refused(
                api, Deliveries.to("a@b.org").setContent(Deliveries.file(19_000_000)).build()))
        .isEqualTo(ReasonCode.TOO_LARGE);
    Header header = Header.newBuilder().setName("X-Mailgun-Tag").setValue("x").build();
    assertThat(HttpApis.refused(api, Deliveries.to("a@b.org").setHeaders(List.of(header)).build()))
        .isEqualTo(ReasonCode.INVALID_HEADER);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          200 | {"id":"<1.2@mg.example.com>"}  | 1.2@mg.example.com
          400 | {"message":"to parameter is not a valid address"} | ESP_REJECTED
          401 | Forbidden                       | ACCOUNT 5
          402 | {"message":"pay"}               | ACCOUNT 15
          403 | {"message":"domain is disabled"} | ACCOUNT 5
          404 | {"message":"Domain not found"}  | ACCOUNT 5
          413 | {}                              | TOO_LARGE
          429 | {"message":"slow down"}         | RATE
          500 | {}                              | MESSAGE
          502 | <html>                          | MESSAGE
          """)
  void answersMean(int status, String body, String meaning) {
    assertThat(HttpApis.meaning(api, status, body)).isEqualTo(meaning);
  }
}
