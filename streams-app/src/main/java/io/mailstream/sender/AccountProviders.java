package io.mailstream.sender;

import io.mailstream.policy.Account;
import io.mailstream.sender.provider.EmailProvider;
import java.util.Optional;

/** Makes the providers of accounts. */
@FunctionalInterface
interface AccountProviders {

  /**
   * The provider of an account.
   *
   * @throws IllegalArgumentException if its settings are wrong; names every fault, and no secret
   */
  EmailProvider create(Account account);

  /**
   * Another provider, where the account's credentials have changed since the last one was made.
   *
   * @throws IllegalArgumentException if none can be made by what they are now; names no secret
   */
  default Optional<EmailProvider> renew(Account account) {
    return Optional.empty();
  }
}
