package io.mailstream.streams.topology;

import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.SendRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Requests for tests. */
final class Requests {

  private Requests() {}

  static SendRequest of(String id, String... recipients) {
    return builder(id, recipients).build();
  }

  static SendRequest.Builder builder(String id, String... recipients) {
    return SendRequest.newBuilder()
        .setRequestId(id)
        .setTenant("acme")
        .setStream("password-reset")
        .setFrom(new Mailbox("noreply@acme.example", "Acme"))
        .setTo(Arrays.stream(recipients).map(Requests::recipient).toList())
        .setSubject("Your code")
        .setContent(new InlineContent("the code is 1234", null, List.of()));
  }

  static Recipient recipient(String address) {
    return new Recipient(address, null, Map.of());
  }
}
