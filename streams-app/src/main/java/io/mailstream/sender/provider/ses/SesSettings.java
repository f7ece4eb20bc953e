package io.mailstream.sender.provider.ses;

import io.mailstream.policy.Account;
import io.mailstream.sender.provider.common.AccountSettings;
import io.mailstream.sender.provider.common.CallSettings;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The settings of an SES account.
 *
 * @param region the AWS region, such as eu-west-1
 * @param endpoint another address than the region's own
 * @param configurationSet the configuration set that publishes events; empty: the account's default
 * @param calls timeouts and connections
 * @param credentials what the sender's configuration holds; empty: AWS's default chain
 */
record SesSettings(
    String region,
    Optional<URI> endpoint,
    Optional<String> configurationSet,
    CallSettings calls,
    Optional<Credentials> credentials) {

  private static final Pattern REGION = Pattern.compile("[a-z]{2}(-[a-z]{2,16}){1,3}-[0-9]{1,2}");
  private static final Pattern CONFIGURATION_SET = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /** Keys of AWS. The secret and the token are never part of a text. */
  record Credentials(String accessKeyId, String secretAccessKey, Optional<String> sessionToken) {
    @Override
    public String toString() {
      return "Credentials[hidden]";
    }
  }

  /**
   * Reads the settings of an account.
   *
   * @throws IllegalArgumentException naming every fault at once
   */
  static SesSettings of(Account account, Map<String, String> senderConfig) {
    AccountSettings reader = new AccountSettings(account, senderConfig, "SES");
    SesSettings settings =
        new SesSettings(
            reader.requiredText("region", REGION, "an AWS region such as eu-west-1"),
            reader.uri("endpoint"),
            reader.text(
                "configuration_set",
                CONFIGURATION_SET,
                "1 to 64 letters, digits, hyphens or underscores"),
            CallSettings.of(reader, CallSettings.HTTP),
            credentials(reader));
    reader.end();
    return settings;
  }

  private static Optional<Credentials> credentials(AccountSettings reader) {
    Optional<String> id = reader.credential("access.key.id");
    Optional<String> secret = reader.credential("secret.access.key");
    Optional<String> token = reader.credential("session.token");
    if (id.isEmpty() && secret.isEmpty() && token.isEmpty()) {
      return Optional.empty();
    }
    if (id.isEmpty() || secret.isEmpty()) {
      reader.fault(
          "%s and %s belong together: give both, or none of them"
                  .formatted(
                      reader.credentialKey("access.key.id"),
                      reader.credentialKey("secret.access.key"))
              + " and leave it to AWS's default chain");
      return Optional.empty();
    }
    return Optional.of(new Credentials(id.get(), secret.get(), token));
  }
}
