package io.mailstream.benchmarks.faults.history;

import io.mailstream.benchmarks.faults.history.History.Dispatched;
import io.mailstream.benchmarks.faults.history.History.Limit;
import io.mailstream.benchmarks.faults.history.History.Sent;
import io.mailstream.benchmarks.faults.history.Violation.Kind;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Promise 5: over any window no more than the rate times the window, and the burst. Streams are
 * measured at dispatch. Accounts are measured at the ESP by when calls were started, which is known
 * to the second and after their limit let them pass: a second's worth and the calls that may have
 * been open are allowed on top.
 */
final class LimitCheck {

  /** Of tokens: buckets count in doubles. */
  private static final double ROUNDING = 1e-3;

  private static final double SECOND = 1_000;

  private LimitCheck() {}

  static void check(History history, int openSends, List<Violation> violations) {
    history
        .streamLimits()
        .forEach((scope, limit) ->
            check(
                scope,
                limit.burst(),
                limit,
                history.dispatched().stream()
                    .filter(dispatch -> dispatch.scope().equals(scope))
                    .mapToLong(Dispatched::at),
                violations));
    history
        .accountLimits()
        .forEach((account, limit) ->
            check(
                account,
                limit.burst() + limit.perSecond() + openSends,
                limit,
                history.sent().stream()
                    .filter(send -> send.account().equals(account))
                    .mapToLong(Sent::startedAt),
                violations));
  }

  /** The worst window ends where a bucket that began full would be emptiest. */
  private static void check(
      String scope, double burst, Limit limit, LongStream times, List<Violation> violations) {
    double tokens = burst;
    long last = Long.MIN_VALUE;
    double worst = 0;
    long worstAt = 0;
    for (long time : times.sorted().toArray()) {
      if (last != Long.MIN_VALUE) {
        tokens = Math.min(burst, tokens + (time - last) * limit.perSecond() / SECOND);
      }
      last = time;
      tokens -= 1;
      if (tokens < worst - ROUNDING) {
        worst = tokens;
        worstAt = time;
      }
    }
    if (worst < 0) {
      violations.add(
          new Violation(
              Kind.OVER_LIMIT,
              scope,
              "%.3f more than %s allows, in a window that ends at %d (burst with all allowances: %.1f)"
                  .formatted(-worst, limit, worstAt, burst)));
    }
  }
}
