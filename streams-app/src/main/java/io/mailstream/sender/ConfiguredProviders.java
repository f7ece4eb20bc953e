package io.mailstream.sender;

import io.mailstream.policy.Account;
import io.mailstream.sender.provider.EmailProvider;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * Makes providers by the credentials of the configuration, which come from mounted files as a rule,
 * and can be replaced there.
 */
final class ConfiguredProviders implements AccountProviders {

  private final CredentialSource source;
  private final BiFunction<Account, Map<String, String>, EmailProvider> factory;
  private final UnaryOperator<EmailProvider> wrapped;
  private final Map<String, Map<String, String>> used = new ConcurrentHashMap<>();

  /** Reads what is configured now below a prefix, by full keys. */
  @FunctionalInterface
  interface CredentialSource {
    Map<String, String> read(String prefix);
  }

  /**
   * Providers by a source of credentials.
   *
   * @param factory makes one by an account and its credentials
   * @param wrapped puts something around each
   */
  ConfiguredProviders(
      CredentialSource source,
      BiFunction<Account, Map<String, String>, EmailProvider> factory,
      UnaryOperator<EmailProvider> wrapped) {
    this.source = source;
    this.factory = factory;
    this.wrapped = wrapped;
  }

  @Override
  public EmailProvider create(Account account) {
    return create(account, read(account));
  }

  @Override
  public Optional<EmailProvider> renew(Account account) {
    Map<String, String> before = used.get(account.name());
    Map<String, String> now = read(account);
    if (now.equals(before)) {
      return Optional.empty();
    }
    before.forEach((key, value) -> {
      // Left to itself, an ESP with other ways to find credentials would take these.
      if (!value.isBlank() && now.getOrDefault(key, "").isBlank()) {
        throw new IllegalArgumentException(key + " has become empty: write the credential");
      }
    });
    return Optional.of(create(account, now));
  }

  private Map<String, String> read(Account account) {
    return source.read(SenderConfig.ACCOUNTS_PREFIX + account.name() + ".");
  }

  private EmailProvider create(Account account, Map<String, String> credentials) {
    EmailProvider provider = wrapped.apply(factory.apply(account, credentials));
    used.put(account.name(), credentials);
    return provider;
  }
}
