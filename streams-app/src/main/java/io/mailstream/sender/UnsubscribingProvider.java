package io.mailstream.sender;

import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.v1.Delivery;
import java.util.Optional;

/** An account whose mails of subscriptions have a way to end them in their header. */
record UnsubscribingProvider(EmailProvider account, UnsubscribeHeaders headers)
    implements EmailProvider {

  @Override
  public SendOutcome send(Delivery delivery) {
    return account.send(headers.on(delivery));
  }

  @Override
  public Optional<AccountQuota> quota() {
    return account.quota();
  }

  @Override
  public Optional<Connections> connections() {
    return account.connections();
  }

  @Override
  public void close() {
    account.close();
  }
}
