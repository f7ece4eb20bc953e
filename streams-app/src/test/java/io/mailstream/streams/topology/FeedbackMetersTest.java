package io.mailstream.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.DomainGroups;
import io.mailstream.v1.Bounce;
import io.mailstream.v1.BounceClass;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FeedbackMetersTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final FeedbackMeters meters = new FeedbackMeters(DomainGroups.known(), registry);

  @Test
  void bouncesAreToldByHowLastingTheyAre() {
    came(bounce(BounceClass.PERMANENT), "ann@gmail.com");
    came(bounce(BounceClass.TRANSIENT), "ann@example.com");

    assertThat(byStream("acme", "receipts", "bounced_permanent")).isEqualTo(1);
    assertThat(byStream("acme", "receipts", "bounced_transient")).isEqualTo(1);
    assertThat(byDomain("google", "bounced_permanent")).isEqualTo(1);
    assertThat(byDomain("other", "bounced_transient")).isEqualTo(1);
  }

  @Test
  void aComplaintTakenBackIsNoComplaint() {
    came(event(FeedbackType.COMPLAINED).setComplaintType("not-spam"), "ann@example.com");
    came(event(FeedbackType.COMPLAINED).setComplaintType("abuse"), "ann@example.com");

    assertThat(byStream("acme", "receipts", "complained")).isEqualTo(1);
    assertThat(byStream("acme", "receipts", "not_spam")).isEqualTo(1);
  }

  @Test
  void whatTheEspDoesNotTellIsUnknown() {
    came(event(FeedbackType.DELIVERED).setTenant(null).setStream(null), "ann@example.com");

    assertThat(byStream("unknown", "unknown", "delivered")).isEqualTo(1);
  }

  @Test
  void neitherAddressesNorTenantsWithoutNumberGetIn() {
    IntStream.range(0, 5000)
        .forEach(i ->
            came(
                event(FeedbackType.DELIVERED).setTenant("t" + i).setStream("s" + i),
                "user" + i + "@host" + i + ".example"));

    assertThat(registry.getMeters()).hasSizeLessThanOrEqualTo(FeedbackMeters.MOST_STREAMS + 2);
    assertThat(registry.getMeters())
        .flatExtracting(meter -> meter.getId().getTags())
        .extracting(Tag::getValue)
        .noneMatch(value -> value.contains("@") || value.contains("host"));
    assertThat(byDomain("other", "delivered")).isEqualTo(5000);
  }

  private void came(FeedbackEvent.Builder event, String recipientKey) {
    meters.came(event.build(), recipientKey);
  }

  private static FeedbackEvent.Builder bounce(BounceClass lasting) {
    return event(FeedbackType.BOUNCED)
        .setBounce(Bounce.newBuilder().setBounceClass(lasting).build());
  }

  private static FeedbackEvent.Builder event(FeedbackType type) {
    return FeedbackEvent.newBuilder()
        .setEventId("e")
        .setProvider("ses")
        .setType(type)
        .setRecipient("")
        .setTenant("acme")
        .setStream("receipts")
        .setOccurredAt(Instant.EPOCH)
        .setReceivedAt(Instant.EPOCH);
  }

  private double byStream(String tenant, String stream, String type) {
    return registry
        .get("mailstream.feedback.events")
        .tags("tenant", tenant, "stream", stream, "type", type)
        .counter()
        .count();
  }

  private double byDomain(String domain, String type) {
    return registry
        .get("mailstream.feedback.domain.events")
        .tags("domain", domain, "type", type)
        .counter()
        .count();
  }
}
