package io.mailstream.schemas.serde;

import io.mailstream.v1.Attachment;
import io.mailstream.v1.Header;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.OnUncertain;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.SendRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Records that use every kind of field. */
final class Samples {

  private Samples() {}

  static SendRequest request() {
    return SendRequest.newBuilder()
        .setRequestId("order-4711")
        .setTenant("shop")
        .setIdempotencyKey("order-4711-confirmation")
        .setStream("order-confirmation")
        .setFrom(new Mailbox("orders@example.com", "Example Shop"))
        .setReplyTo(List.of(new Mailbox("help@example.com", null)))
        .setTo(List.of(new Recipient("jürgen@example.org", "Jürgen Groß", Map.of("n", "7"))))
        .setSubject("Your order — thank you 📦")
        .setContent(
            new InlineContent(
                "plain",
                "<p>html</p>",
                List.of(
                    new Attachment(
                        "a.txt",
                        "text/plain",
                        ByteBuffer.wrap("bytes".getBytes(StandardCharsets.UTF_8)),
                        null))))
        .setHeaders(List.of(new Header("X-Order", "4711")))
        .setTags(Map.of("campaign", "winter"))
        .setSendAt(Instant.ofEpochMilli(1_800_000_000_000L))
        .setOnUncertain(OnUncertain.RESEND)
        .build();
  }
}
