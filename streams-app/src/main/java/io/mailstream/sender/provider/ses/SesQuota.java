package io.mailstream.sender.provider.ses;

import io.mailstream.sender.provider.EmailProvider.AccountQuota;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sesv2.SesV2Client;
import software.amazon.awssdk.services.sesv2.model.GetAccountRequest;
import software.amazon.awssdk.services.sesv2.model.GetAccountResponse;
import software.amazon.awssdk.services.sesv2.model.SendQuota;

/** What SES says the account may send: asked for in the background, at most once a minute. */
final class SesQuota {

  static final Duration INTERVAL = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger(SesQuota.class);

  private final String account;
  private final SesV2Client client;
  private final InstantSource clock;
  private final AtomicReference<Instant> askedAt = new AtomicReference<>(Instant.MIN);
  private volatile Optional<AccountQuota> last = Optional.empty();
  private volatile String told = "";

  SesQuota(String account, SesV2Client client, InstantSource clock) {
    this.account = account;
    this.client = client;
    this.clock = clock;
  }

  /** The last answer; never waits for the next. */
  Optional<AccountQuota> get() {
    Instant now = clock.instant();
    Instant asked = askedAt.get();
    boolean due = asked.equals(Instant.MIN) || !now.isBefore(asked.plus(INTERVAL));
    if (due && askedAt.compareAndSet(asked, now)) {
      Thread.ofVirtual().name("ses-quota-" + account).start(this::ask);
    }
    return last;
  }

  private void ask() {
    try {
      GetAccountResponse answer = client.getAccount(GetAccountRequest.builder().build());
      last = quota(answer);
      tell(answer);
    } catch (SdkException | IllegalStateException e) {
      // The old answer stays; the next is asked for in a minute. Sending tells what is wrong.
      LOG.debug("account {}: GetAccount failed: {}", account, e.getClass().getSimpleName());
    }
  }

  private static Optional<AccountQuota> quota(GetAccountResponse answer) {
    SendQuota quota = answer.sendQuota();
    if (quota == null || quota.maxSendRate() == null || quota.max24HourSend() == null) {
      return Optional.empty();
    }
    double sent = quota.sentLast24Hours() == null ? 0 : quota.sentLast24Hours();
    double remaining = quota.max24HourSend() < 0 ? -1 : Math.max(0, quota.max24HourSend() - sent);
    boolean enabled =
        !Boolean.FALSE.equals(answer.sendingEnabled())
            && !"SHUTDOWN".equals(answer.enforcementStatus());
    return Optional.of(
        new AccountQuota(
            quota.maxSendRate(), Math.max(-1, quota.max24HourSend()), remaining, enabled));
  }

  /** Says once, and again when it changes, what keeps mail from going out. */
  private void tell(GetAccountResponse answer) {
    StringBuilder what = new StringBuilder();
    if (Boolean.FALSE.equals(answer.sendingEnabled())) {
      what.append(" sending is disabled;");
    }
    if (Boolean.FALSE.equals(answer.productionAccessEnabled())) {
      what.append(" the account is in the sandbox and sends to verified addresses only;");
    }
    String enforcement = answer.enforcementStatus();
    if (enforcement != null && !enforcement.equals("HEALTHY")) {
      what.append(" its enforcement status is ").append(enforcement).append(';');
    }
    String now = what.toString();
    if (!now.equals(told)) {
      told = now;
      if (!now.isEmpty()) {
        LOG.warn("account {}: SES says:{} see the SES console of its region", account, now);
      }
    }
  }
}
