package io.mailstream.streams.topology;

import io.mailstream.streams.route.OpenAccounts;
import io.mailstream.streams.throttle.AccountRates;

/** What is known of the accounts: by it mail is routed and throttled. Safe for many threads. */
public interface KnownAccounts extends OpenAccounts, AccountRates {

  /** Nothing is known of any: all take all mail. */
  KnownAccounts NONE =
      new KnownAccounts() {
        @Override
        public boolean isOpen(String account, long now) {
          return OpenAccounts.ALL.isOpen(account, now);
        }

        @Override
        public double perSecond(String account, long now) {
          return AccountRates.UNKNOWN.perSecond(account, now);
        }
      };
}
