package io.mailstream.sender.provider;

import io.mailstream.policy.Account;
import io.mailstream.sender.provider.mailgun.MailgunProvider;
import io.mailstream.sender.provider.mandrill.MandrillProvider;
import io.mailstream.sender.provider.postmark.PostmarkProvider;
import io.mailstream.sender.provider.sendgrid.SendGridProvider;
import io.mailstream.sender.provider.ses.SesProvider;
import io.mailstream.sender.provider.smtp.SmtpProvider;
import java.util.Map;

/** Makes the provider of an account: the one place that knows which kinds of ESP there are. */
public final class ProviderFactory {

  private ProviderFactory() {}

  /**
   * The provider of an account. Connects to nothing yet.
   *
   * @param account the account, as the policies have it
   * @param senderConfig the sender's configuration; credentials are below {@code accounts.<name>.},
   *     by names that are the ESP's own
   * @throws IllegalArgumentException if the kind of ESP is unknown or the settings are wrong; the
   *     message names every fault and what is allowed, and holds no secret
   */
  public static EmailProvider create(Account account, Map<String, String> senderConfig) {
    return switch (account.provider()) {
      case "ses" -> SesProvider.create(account, senderConfig);
      case "sendgrid" -> SendGridProvider.create(account, senderConfig);
      case "mailgun" -> MailgunProvider.create(account, senderConfig);
      case "postmark" -> PostmarkProvider.create(account, senderConfig);
      case "mandrill" -> MandrillProvider.create(account, senderConfig);
      case "smtp" -> SmtpProvider.create(account, senderConfig);
      default ->
          throw new IllegalArgumentException(
              "account %s has the provider '%s': give ses, sendgrid, mailgun, postmark, mandrill or smtp"
                  .formatted(account.name(), account.provider()));
    };
  }
}
