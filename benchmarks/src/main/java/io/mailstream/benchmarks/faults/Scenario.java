package io.mailstream.benchmarks.faults;

import io.mailstream.benchmarks.faults.history.History;
import io.mailstream.benchmarks.faults.history.History.Limit;
import java.time.Duration;

/** Who sends by what, and what is allowed: the policies of a run, and what the checker is told. */
final class Scenario {

  static final int PARTITIONS = 6;

  /** A kind of mail, and how the pipeline treats it. */
  enum Stream {
    /** By an account that reports what it takes. */
    RECEIPTS("shop", "receipts", true),
    /** The same, all of it to be sent again where that is not known. */
    CODES("shop", "codes", true),
    /** By an account that reports nothing. */
    LETTERS("news", "letters", false),
    /** Over its own limit and its account's. */
    DIGEST("club", "digest", false);

    final String tenant;
    final String stream;

    /** Whether the ESP reports on its mail and that is waited for. */
    final boolean evidence;

    Stream(String tenant, String stream, boolean evidence) {
      this.tenant = tenant;
      this.stream = stream;
      this.evidence = evidence;
    }

    String scope() {
      return scope(tenant, stream);
    }

    static String scope(String tenant, String stream) {
      return tenant + "/" + stream;
    }

    String from() {
      return "post@%s.example".formatted(tenant);
    }
  }

  private static final Limit DIGEST = new Limit(10, 12);
  private static final Limit CLUB = new Limit(20, 20);
  private static final String CLUB_ACCOUNT = "club";

  private Scenario() {}

  /** The text of the policies. */
  static String policies(String esp, Duration evidence) {
    return """
    accounts:
      main: {provider: ses, settings: {region: eu-west-1, endpoint: "%1$s", configuration_set: main, call_timeout: 3s}}
      quiet: {provider: ses, settings: {region: eu-west-1, endpoint: "%1$s", call_timeout: 3s}}
      club:
        provider: ses
        limit: {rate: %3$d/s, burst: %4$d}
        settings: {region: eu-west-1, endpoint: "%1$s", configuration_set: club, call_timeout: 3s}
    tenants:
      shop:
        from_domains: [shop.example]
        account: main
        streams: {receipts: {evidence_window: %2$ds}, codes: {evidence_window: %2$ds}}
      news:
        from_domains: [news.example]
        account: quiet
        streams: {letters: {evidence_window: 0}}
      club:
        from_domains: [club.example]
        account: club
        streams: {digest: {evidence_window: 0, limit: {rate: %5$d/s, burst: %6$d}}}
    retry: {initial: 500ms, multiplier: 2, max: 5s, jitter: 0.5, max_attempts: 200, max_age: 12h}
    """
        .formatted(
            esp,
            evidence.toSeconds(),
            (int) CLUB.perSecond(),
            (int) CLUB.burst(),
            (int) DIGEST.perSecond(),
            (int) DIGEST.burst());
  }

  /** The same limits, for the checker. */
  static void limits(History history) {
    history.limitStream(
        Stream.DIGEST.scope(), new Limit(DIGEST.perSecond(), Math.max(DIGEST.burst(), PARTITIONS)));
    history.limitAccount(CLUB_ACCOUNT, CLUB);
  }
}
