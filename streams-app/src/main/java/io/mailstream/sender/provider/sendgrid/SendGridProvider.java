package io.mailstream.sender.provider.sendgrid;

import io.mailstream.policy.Account;
import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.common.AccountSettings;
import io.mailstream.sender.provider.http.HttpProvider;
import io.mailstream.sender.provider.http.HttpSettings;
import java.net.URI;
import java.time.InstantSource;
import java.util.Map;

/** SendGrid by its API v3 (docs/esp/sendgrid.md). */
public final class SendGridProvider {

  private static final URI ENDPOINT = URI.create("https://api.sendgrid.com");

  private SendGridProvider() {}

  /**
   * The provider of an account.
   *
   * @param senderConfig where its {@code api.key} is
   * @throws IllegalArgumentException if settings are wrong; the message names every fault
   */
  public static EmailProvider create(Account account, Map<String, String> senderConfig) {
    AccountSettings reader = new AccountSettings(account, senderConfig, SendGridApi.NAME);
    HttpSettings http = HttpSettings.of(reader, ENDPOINT);
    String key = reader.requiredCredential("api.key", "a key of SendGrid with the right Mail Send");
    reader.end();
    return new HttpProvider(account.name(), new SendGridApi(key), http, InstantSource.system());
  }
}
