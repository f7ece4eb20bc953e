package io.mailstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.RecordOrigin;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PendingResultsTest {

  private static final String TOPIC = "mail.requests.bulk";

  private final PendingResults pending = new PendingResults();

  private static SendRequest request(String... addresses) {
    return SendRequest.newBuilder()
        .setRequestId("r-1")
        .setTenant("acme")
        .setStream("receipts")
        .setFrom(new Mailbox("shop@acme.example", null))
        .setTo(Arrays.stream(addresses).map(to -> new Recipient(to, null, Map.of())).toList())
        .setContent(new InlineContent("t", null, List.of()))
        .build();
  }

  private static SendResult result(long offset, String recipient) {
    return SendResult.newBuilder()
        .setRequestId("r-1")
        .setTenant("acme")
        .setStream("receipts")
        .setRecipient(recipient)
        .setLane(Lane.BULK)
        .setStatus(ResultStatus.SENT)
        .setOrigin(new RecordOrigin(TOPIC, 2, offset))
        .setAcceptedAt(Instant.EPOCH)
        .setCompletedAt(Instant.EPOCH)
        .build();
  }

  @Test
  void eachRecipientOfEachRequestHasOneResult() {
    pending.expect(request("a@example.com", "B@Example.com"), TOPIC, 2, 7);
    pending.expect(request("a@example.com"), TOPIC, 2, 8);

    assertThat(pending.settle(result(7, "a@example.com"))).isTrue();
    assertThat(pending.settle(result(7, "a@example.com"))).isFalse();
    assertThat(pending.open()).containsExactly("B@Example.com  r-1", "a@example.com  r-1");
    assertThat(pending.settle(result(7, "b@example.com"))).isTrue();
    assertThat(pending.isEmpty()).isFalse();
    assertThat(pending.settle(result(8, "a@example.com"))).isTrue();
    assertThat(pending.isEmpty()).isTrue();
  }

  @Test
  void anEarlierRequestWithTheSameIdIsAnother() {
    pending.expect(request("a@example.com"), TOPIC, 2, 7);

    assertThat(pending.settle(result(6, "a@example.com"))).isFalse();
    assertThat(pending.isEmpty()).isFalse();
  }

  @Test
  void aResultWithoutRecipientSettlesTheWholeRequest() {
    pending.expect(request("a@example.com", "b@example.com"), TOPIC, 2, 7);

    assertThat(pending.settle(result(7, null))).isTrue();
    assertThat(pending.isEmpty()).isTrue();
  }

  @Test
  void oneAddressGivenTwiceHasOneResult() {
    pending.expect(request("a@example.com", "A@EXAMPLE.com"), TOPIC, 2, 7);

    assertThat(pending.settle(result(7, "a@example.com"))).isTrue();
    assertThat(pending.isEmpty()).isTrue();
  }
}
