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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
              """),
          OpenAccounts.ALL);

  @Test
  void theRequestsWishComesBeforeTheStreamsAccountBeforeTheTenants() {
    assertThat(route(delivery("acme", "plain", null))).isEqualTo(new Route.By("a"));
    assertThat(route(delivery("acme", "own", null))).isEqualTo(new Route.By("b"));
    assertThat(route(delivery("acme", "own", "c"))).isEqualTo(new Route.By("c"));
    assertThat(route(delivery("acme", "own", "a"))).isEqualTo(new Route.By("a"));
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

  @Test
  void severalAccountsShareTheMailByWeightAndEachDeliveryKeepsIts() {
    Map<String, Integer> counts = new HashMap<>();
    Router router = shared();
    Router another = shared();
    for (int i = 0; i < 10_000; i++) {
      String account = account(router, "id-" + i, Lane.BULK);
      assertThat(account(another, "id-" + i, Lane.BULK)).isEqualTo(account);
      counts.merge(account, 1, Integer::sum);
    }
    // Standard deviation of a share of three quarters of 10,000 is 43.
    assertThat(counts.get("a")).isBetween(7_200, 7_800);
    assertThat(counts.get("b")).isBetween(2_200, 2_800);
    assertThat(counts).doesNotContainKey("standby");
  }

  @Test
  void whatAnAccountCannotTakeGoesElsewhereAndNothingElseMoves() {
    Router all = shared();
    Router withoutA = shared("a");
    Router withoutB = shared("b");
    Router withoutBoth = shared("a", "b");
    Router none = shared("a", "b", "standby");
    for (int i = 0; i < 1_000; i++) {
      String id = "id-" + i;
      assertThat(account(withoutA, id, Lane.BULK)).isEqualTo("b");
      assertThat(account(withoutB, id, Lane.BULK)).isEqualTo("a");
      assertThat(account(withoutBoth, id, Lane.BULK)).isEqualTo("standby");
      assertThat(account(none, id, Lane.BULK)).isEqualTo(account(all, id, Lane.BULK));
    }
  }

  @Test
  void aLaneHasItsOwnAccounts() {
    assertThat(account(shared("a", "b"), "x", Lane.TRANSACTIONAL)).isEqualTo("fast");
    assertThat(account(shared("a", "b", "fast"), "x", Lane.TRANSACTIONAL)).isEqualTo("standby");
  }

  @Test
  void theRequestsWishGivesWayWhereItTakesNoMail() {
    Delivery wish = delivery("acme", "any", "b");
    assertThat(shared().route(wish, 0)).isEqualTo(new Route.By("b"));
    assertThat(shared("b").route(wish, 0)).isEqualTo(new Route.By("a"));
    assertThat(shared("a", "b", "standby").route(wish, 0)).isEqualTo(new Route.By("b"));
  }

  @Test
  void knowsWhetherThereIsAWayRound() {
    assertThat(shared("a").leadsRound("a", "acme", "any", Lane.BULK, 0)).isTrue();
    assertThat(shared().leadsRound("a", "acme", "any", Lane.BULK, 0)).isFalse();
    assertThat(shared("a", "b", "standby").leadsRound("a", "acme", "any", Lane.BULK, 0)).isFalse();
    assertThat(shared("a").leadsRound("a", "gone", "any", Lane.BULK, 0)).isFalse();
  }

  private static Router shared(String... closed) {
    Set<String> none = Set.of(closed);
    return new Router(
        PolicyLoader.load(
            """
            accounts:
              {a: {provider: ses}, b: {provider: ses}, standby: {provider: ses}, fast: {provider: ses}}
            tenants:
              acme:
                from_domains: [acme.example]
                accounts:
                  {a: {weight: 3}, b: {}, standby: {weight: 0}, fast: {lanes: [transactional]}}
                other_streams: {}
            """),
        (account, now) -> !none.contains(account));
  }

  private static String account(Router router, String id, Lane lane) {
    Delivery delivery = delivery("acme", "any", null);
    delivery.setDeliveryId(id);
    delivery.setLane(lane);
    return ((Route.By) router.route(delivery, 0)).account();
  }

  private Route route(Delivery delivery) {
    return router.route(delivery, 0);
  }

  private ReasonCode reason(Delivery delivery) {
    return ((Route.None) route(delivery)).reason();
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
