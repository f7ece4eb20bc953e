package io.mailstream.sender.provider.ses;

import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.SendOutcome.Deferred;
import io.mailstream.sender.provider.SendOutcome.Scope;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a person, once until the account sends again, what only a person can mend. */
final class SesAlerts {

  private static final Logger LOG = LoggerFactory.getLogger(SesAlerts.class);
  private static final int MOST = 100;

  private final String account;
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  SesAlerts(String account) {
    this.account = account;
  }

  SendOutcome seen(SendOutcome outcome) {
    if (outcome instanceof Deferred deferred
        && (deferred.scope() == Scope.ACCOUNT || deferred.scope() == Scope.IDENTITY)
        && told.size() < MOST
        && told.add(deferred.detail())) {
      LOG.error("account {}: mail is waiting: {}", account, deferred.detail());
    }
    return outcome;
  }

  /** The account sends: what was wrong is to be told anew. */
  void over() {
    if (!told.isEmpty()) {
      told.clear();
    }
  }
}
