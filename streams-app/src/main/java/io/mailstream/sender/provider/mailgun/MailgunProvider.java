package io.mailstream.sender.provider.mailgun;

import io.mailstream.policy.Account;
import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.common.AccountSettings;
import io.mailstream.sender.provider.http.HttpProvider;
import io.mailstream.sender.provider.http.HttpSettings;
import java.net.URI;
import java.time.InstantSource;
import java.util.Map;
import java.util.regex.Pattern;

/** Mailgun by its MIME endpoint (docs/esp/mailgun.md). */
public final class MailgunProvider {

  private static final Pattern DOMAIN =
      Pattern.compile("(?=.{1,253}$)[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63})+");

  private MailgunProvider() {}

  /** Where a domain was created; Mailgun's regions know nothing of each other's. */
  private enum Region {
    US("https://api.mailgun.net"),
    EU("https://api.eu.mailgun.net");

    private final String endpoint;

    Region(String endpoint) {
      this.endpoint = endpoint;
    }
  }

  /**
   * The provider of an account.
   *
   * @param senderConfig where its {@code api.key} is
   * @throws IllegalArgumentException if settings are wrong; the message names every fault
   */
  public static EmailProvider create(Account account, Map<String, String> senderConfig) {
    AccountSettings reader = new AccountSettings(account, senderConfig, MailgunApi.NAME);
    Region region = reader.choice("region", Region.class).orElse(Region.US);
    HttpSettings http = HttpSettings.of(reader, URI.create(region.endpoint));
    String domain =
        reader.requiredText("domain", DOMAIN, "a sending domain of the account, such as mg.x.org");
    String key = reader.requiredCredential("api.key", "a sending key of the domain");
    reader.end();
    return new HttpProvider(
        account.name(), new MailgunApi(domain, key), http, InstantSource.system());
  }
}
