package io.mailstream.streams.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mailstream.policy.Limit;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.streams.hold.HoldView.Item;
import io.mailstream.streams.hold.HoldView.Total;
import io.mailstream.streams.throttle.Scope;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Lane;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is told from outside is what waits. */
class HoldViewTest extends HoldTestCase {

  @Test
  void what_waits_is_counted_and_found() {
    start(Map.of("acme/news", new Limit(0.001, 1)));
    for (int i = 0; i < 4; i++) {
      driver.send(Mail.bulk("m" + i));
    }
    defer("late", 1, DeferralReason.RETRY, null);
    driver.pass(Duration.ofMillis(100));
    HoldView view = new HoldView(driver.heldStore(), driver.stateStore());

    assertThat(view.totals())
        .containsExactlyInAnyOrder(
            new Total(HoldReason.OVER_LIMIT, Lane.BULK, 3),
            new Total(HoldReason.RETRY, Lane.BULK, 1));
    HoldView.Flows flows = view.waiting(10, 1000);
    assertThat(flows.complete()).isTrue();
    assertThat(flows.waiting()).hasSize(1);
    HoldView.Waiting news = flows.waiting().getFirst();
    assertThat(news.flow().stream()).isEqualTo("news");
    assertThat(news.since()).isEqualTo(Mail.START);
    assertThat(news.count()).isEqualTo(3);
    assertThat(news.counted()).isTrue();
    assertThat(view.waiting(10, 2).waiting())
        .extracting(HoldView.Waiting::count, HoldView.Waiting::counted)
        .containsExactly(tuple(2L, false));
    assertThat(view.waiting(0, 1000).complete()).isFalse();
    assertThat(view.stands(10))
        .anySatisfy(stand -> {
          assertThat(stand.scope()).isEqualTo(new Scope.Stream("acme", "news"));
          assertThat(stand.reading().tokens()).isLessThan(0.01);
        });
    String key = RecipientKey.of(Mail.bulk("m1").getRecipient().getAddress());
    HoldView.Found found = view.of(key, 1000);
    assertThat(found.complete()).isTrue();
    assertThat(found.items())
        .extracting(Item::deliveryId, Item::reason)
        .contains(tuple("m1", HoldReason.OVER_LIMIT));
    assertThat(view.of("nobody@example.com", 1000).items()).isEmpty();
    assertThat(view.of(key, 1).complete()).isFalse();
  }
}
