package io.mailstream.sender.provider;

import io.mailstream.policy.Account;
import io.mailstream.sender.provider.ses.SesProvider;
import java.util.Map;

/** Makes the provider of an account: the one place that knows which kinds of ESP there are. */
public final class ProviderFactory {

  private ProviderFactory() {}

  /**
   * The provider of an account. Connects to nothing yet.
   *
   * @param account the account, as the policies have it
   * @param senderConfig the sender's configuration; credentials are at {@code
   *     accounts.<name>.access.key.id}, {@code .secret.access.key} and {@code .session.token}
   * @throws IllegalArgumentException if the kind of ESP is unknown or the settings are wrong; the
   *     message names every fault and what is allowed, and holds no secret
   */
  public static EmailProvider create(Account account, Map<String, String> senderConfig) {
    return switch (account.provider()) {
      case "ses" -> SesProvider.create(account, senderConfig);
      default ->
          throw new IllegalArgumentException(
              "account %s has the provider '%s': give ses"
                  .formatted(account.name(), account.provider()));
    };
  }
}
