package io.mailstream.streams.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.PolicyLoader;
import io.mailstream.streams.route.Router.Route;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.RecordOrigin;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RouterTest {

  private final Router router =
      new Router(
          PolicyLoader.load(
              """
              accounts: {a: {provider: ses}, b: {provider: ses}, c: {provider: ses}}
              tenants:
                acme:
                  from_domains: [acme.example]
                  account: a
                  allowed_accounts: [c]
                  streams: {plain: {}, own: {account: b}}
              """));

  @Test
  void theRequestsWishComesBeforeTheStreamsAccountBeforeTheTenants() {
    assertThat(router.route(delivery("acme", "plain", null))).isEqualTo(new Route.By("a"));
    assertThat(router.route(delivery("acme", "own", null))).isEqualTo(new Route.By("b"));
    assertThat(router.route(delivery("acme", "own", "c"))).isEqualTo(new Route.By("c"));
    assertThat(router.route(delivery("acme", "own", "a"))).isEqualTo(new Route.By("a"));
  }

  @Test
  void whatIsNotAllowedOrNotThereHasNoRoute() {
    assertThat(reason(delivery("acme", "plain", "b"))).isEqualTo(ReasonCode.UNKNOWN_ACCOUNT);
    assertThat(reason(delivery("acme", "plain", "x"))).isEqualTo(ReasonCode.UNKNOWN_ACCOUNT);
    assertThat(reason(delivery("acme", "gone", null))).isEqualTo(ReasonCode.NO_ROUTE);
    assertThat(reason(delivery("gone", "plain", null))).isEqualTo(ReasonCode.NO_ROUTE);
  }

  @Test
  void theAccountIsWrittenIntoACopyThatSharesTheMessage() {
    Delivery before = delivery("acme", "plain", null);
    Delivery after = Router.withAccount(before, "a");
    assertThat(after).isNotSameAs(before);
    assertThat(before.getAccount()).isEmpty();
    assertThat(after.getContent()).isSameAs(before.getContent());
    assertThat(Router.withAccount(after, "a")).isSameAs(after);
    after.setAccount("");
    assertThat(after).isEqualTo(before);
  }

  private ReasonCode reason(Delivery delivery) {
    return ((Route.None) router.route(delivery)).reason();
  }

  private static Delivery delivery(String tenant, String stream, String hint) {
    return Delivery.newBuilder()
        .setDeliveryId("d")
        .setRequestId("r")
        .setTenant(tenant)
        .setIdempotencyKey("r")
        .setStream(stream)
        .setLane(Lane.BULK)
        .setAccountHint(hint)
        .setRecipient(new Recipient("ann@example.com", null, Map.of()))
        .setOrigin(new RecordOrigin("t", 0, 0L))
        .setAcceptedAt(Instant.EPOCH)
        .setFrom(new Mailbox("x@acme.example", null))
        .setContent(new InlineContent("hello", null, List.of()))
        .build();
  }
}
