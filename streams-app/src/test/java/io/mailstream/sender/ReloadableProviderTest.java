package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.Eventually;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.SendOutcome.Accepted;
import io.mailstream.sender.provider.SendOutcome.Deferred;
import io.mailstream.sender.provider.SendOutcome.Scope;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.ReasonCode;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ReloadableProviderTest {

  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final SendOutcome REFUSED =
      new Deferred(Scope.ACCOUNT, Optional.empty(), ReasonCode.ACCOUNT_PARKED, "wrong key");

  @Test
  void callsInFlightEndOnTheOldOneWhichIsClosedAfterTheLast() {
    Gated old = new Gated(new Accepted("old"));
    Gated next = new Gated(new Accepted("new"));
    next.gate.countDown();
    ReloadableProvider provider = new ReloadableProvider(old, () -> NOW);
    CompletableFuture<SendOutcome> first = call(provider);
    CompletableFuture<SendOutcome> second = call(provider);
    Eventually.holds("both are in flight", () -> old.called.getCount() == 0);

    provider.replace(next);
    assertThat(old.closed).isFalse();
    assertThat(provider.send(null)).isEqualTo(new Accepted("new"));
    assertThat(old.closed).isFalse();
    old.gate.countDown();
    assertThat(first.join()).isEqualTo(new Accepted("old"));
    assertThat(second.join()).isEqualTo(new Accepted("old"));
    Eventually.holds("the old one is closed", () -> old.closed);

    provider.close();
    assertThat(next.closed).isTrue();
  }

  @Test
  void anIdleOneIsClosedAtOnce() {
    Gated old = new Gated(new Accepted("old"));
    ReloadableProvider provider = new ReloadableProvider(old, () -> NOW);
    provider.replace(new Gated(new Accepted("new")));
    assertThat(old.closed).isTrue();
  }

  @Test
  void whatIsSaidOfOldCredentialsParksNothing() {
    Gated old = new Gated(REFUSED);
    ReloadableProvider provider = new ReloadableProvider(old, () -> NOW);
    CompletableFuture<SendOutcome> first = call(provider);
    CompletableFuture<SendOutcome> second = call(provider);
    Eventually.holds("both are in flight", () -> old.called.getCount() == 0);
    provider.replace(new Gated(new Accepted("new")));
    old.gate.countDown();
    for (SendOutcome outcome : new SendOutcome[] {first.join(), second.join()}) {
      Deferred deferred = (Deferred) outcome;
      assertThat(deferred.scope()).isEqualTo(Scope.IDENTITY);
      assertThat(deferred.notBefore()).contains(NOW);
    }
  }

  private static CompletableFuture<SendOutcome> call(EmailProvider provider) {
    return CompletableFuture.supplyAsync(
        () -> provider.send(null), task -> Thread.ofVirtual().start(task));
  }

  /** Answers when it is let go. */
  private static final class Gated implements EmailProvider {
    private final CountDownLatch called = new CountDownLatch(2);
    private final CountDownLatch gate = new CountDownLatch(1);
    private final SendOutcome outcome;
    private volatile boolean closed;

    Gated(SendOutcome outcome) {
      this.outcome = outcome;
    }

    @Override
    public SendOutcome send(Delivery delivery) {
      called.countDown();
      SenderRig.await(gate);
      return closed ? new SendOutcome.Ambiguous("closed under the call") : outcome;
    }

    @Override
    public Optional<AccountQuota> quota() {
      return Optional.empty();
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
