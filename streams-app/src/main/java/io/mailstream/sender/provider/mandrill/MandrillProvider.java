package io.mailstream.sender.provider.mandrill;

import io.mailstream.policy.Account;
import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.common.AccountSettings;
import io.mailstream.sender.provider.http.HttpProvider;
import io.mailstream.sender.provider.http.HttpSettings;
import java.net.URI;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Mandrill, which is Mailchimp Transactional, by its API 1.0 (docs/esp/mandrill.md). */
public final class MandrillProvider {

  private static final URI ENDPOINT = URI.create("https://mandrillapp.com");
  private static final Pattern SUBACCOUNT = Pattern.compile("[A-Za-z0-9_.-]{1,100}");

  private MandrillProvider() {}

  /**
   * The provider of an account.
   *
   * @param senderConfig where its {@code api.key} is
   * @throws IllegalArgumentException if settings are wrong; the message names every fault
   */
  public static EmailProvider create(Account account, Map<String, String> senderConfig) {
    AccountSettings reader = new AccountSettings(account, senderConfig, MandrillApi.NAME);
    HttpSettings http = HttpSettings.of(reader, ENDPOINT);
    Optional<String> subaccount =
        reader.text(
            "subaccount", SUBACCOUNT, "1 to 100 letters, digits, dots, hyphens or underscores");
    String key = reader.requiredCredential("api.key", "a key of Mailchimp Transactional");
    reader.end();
    return new HttpProvider(
        account.name(), new MandrillApi(key, subaccount), http, InstantSource.system());
  }
}
