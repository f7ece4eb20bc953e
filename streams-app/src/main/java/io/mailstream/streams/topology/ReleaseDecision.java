package io.mailstream.streams.topology;

import io.mailstream.schemas.RecipientHash;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.store.SuppressionState;
import io.mailstream.streams.hold.ReleaseCheck;
import io.mailstream.streams.result.Results;
import io.mailstream.streams.route.Router;
import io.mailstream.streams.route.Router.Route;
import io.mailstream.streams.suppress.SuppressionDecision;
import io.mailstream.streams.suppress.SuppressionStore;
import io.mailstream.streams.suppress.SuppressionTable;
import io.mailstream.streams.throttle.Flow;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SuppressionEntry;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;

/** What is decided again at release: time, suppression and route, by the steps' own decisions. */
final class ReleaseDecision implements ReleaseCheck {

  private final SuppressionTable suppressions;
  private final Router router;

  private ReleaseDecision(SuppressionTable suppressions, Router router) {
    this.suppressions = suppressions;
    this.router = router;
  }

  static ReleaseCheck.Factory factory(
      StoreBuilder<KeyValueStore<String, SuppressionState>> store,
      RecipientHash hash,
      Router router) {
    return new Factory() {
      @Override
      public ReleaseCheck create(
          ProcessorContext<String, SpecificRecord> context, ParkedAccounts parked) {
        return new ReleaseDecision(
            new SuppressionTable(context.getStateStore(SuppressionStore.NAME), hash),
            router.where((account, now) -> !parked.isParked(account, now)));
      }

      @Override
      public Set<StoreBuilder<?>> stores() {
        return Set.of(store);
      }
    };
  }

  @Override
  public Verdict check(Delivery delivery, long now) {
    if (delivery.getExpiresAt() != null && delivery.getExpiresAt().toEpochMilli() <= now) {
      return end(
          delivery,
          ResultStatus.EXPIRED,
          ReasonCode.EXPIRED,
          "expires_at passed while it was held",
          now);
    }
    String key = RecipientKey.of(delivery.getRecipient().getAddress());
    Optional<SuppressionEntry> entry =
        SuppressionDecision.find(
            suppressions.get(key), delivery.getTenant(), delivery.getStream(), now);
    if (entry.isPresent()) {
      return end(
          delivery,
          ResultStatus.REJECTED,
          ReasonCode.SUPPRESSED,
          SuppressionDecision.describe(entry.get()),
          now);
    }
    return switch (router.route(delivery, now)) {
      case Route.By(String account) -> new Verdict.Go(Router.withAccount(delivery, account));
      case Route.None none ->
          end(delivery, ResultStatus.REJECTED, none.reason(), none.detail(), now);
    };
  }

  @Override
  public boolean isOpenElsewhere(Flow flow, Lane lane, long now) {
    return router.leadsRound(flow.account(), flow.tenant(), flow.stream(), lane, now);
  }

  private static Verdict end(
      Delivery delivery, ResultStatus status, ReasonCode reason, String detail, long now) {
    return new Verdict.End(
        Results.of(delivery, status, List.of(reason), detail, delivery.getAttempt() - 1, now));
  }
}
