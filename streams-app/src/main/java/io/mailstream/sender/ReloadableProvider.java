package io.mailstream.sender;

import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.SendOutcome.Deferred;
import io.mailstream.sender.provider.SendOutcome.Scope;
import io.mailstream.v1.Delivery;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The provider of an account, which can be replaced while calls are made: those in flight end on
 * the one they began with, which is closed after the last of them. Safe for many threads.
 */
final class ReloadableProvider implements EmailProvider {

  private final InstantSource clock;
  private Lease current;

  /** One provider, the calls it makes, and whether it gets no more of them. */
  private static final class Lease {
    private final EmailProvider provider;
    private int calls;
    private boolean retired;

    Lease(EmailProvider provider) {
      this.provider = provider;
    }
  }

  ReloadableProvider(EmailProvider provider, InstantSource clock) {
    this.clock = clock;
    this.current = new Lease(provider);
  }

  /** From now on calls are made by another. */
  void replace(EmailProvider next) {
    Lease old;
    boolean idle;
    synchronized (this) {
      old = current;
      old.retired = true;
      idle = old.calls == 0;
      current = new Lease(next);
    }
    if (idle) {
      old.provider.close();
    }
  }

  @Override
  public SendOutcome send(Delivery delivery) {
    Lease lease = take();
    try {
      SendOutcome outcome = lease.provider.send(delivery);
      return isRetired(lease) ? ofBefore(outcome) : outcome;
    } finally {
      giveBack(lease);
    }
  }

  /** What was said of the account by its old credentials says nothing of it by the new ones. */
  private SendOutcome ofBefore(SendOutcome outcome) {
    return outcome instanceof Deferred deferred && deferred.scope() == Scope.ACCOUNT
        ? new Deferred(
            Scope.IDENTITY,
            Optional.of(clock.instant()),
            deferred.reason(),
            deferred.detail() + " (with credentials that have been replaced)")
        : outcome;
  }

  @Override
  public Optional<AccountQuota> quota() {
    Lease lease = take();
    try {
      return lease.provider.quota();
    } finally {
      giveBack(lease);
    }
  }

  @Override
  public Optional<Connections> connections() {
    Lease lease = take();
    try {
      return lease.provider.connections();
    } finally {
      giveBack(lease);
    }
  }

  private synchronized Lease take() {
    current.calls++;
    return current;
  }

  private void giveBack(Lease lease) {
    boolean last;
    synchronized (this) {
      lease.calls--;
      last = lease.retired && lease.calls == 0;
    }
    if (last) {
      lease.provider.close();
    }
  }

  private synchronized boolean isRetired(Lease lease) {
    return lease.retired;
  }

  @Override
  public void close() {
    EmailProvider last;
    synchronized (this) {
      last = current.provider;
    }
    last.close();
  }
}
