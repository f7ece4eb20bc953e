package io.mailstream.webhook.provider.postmark;

import java.util.List;

/**
 * How Postmark's callbacks are judged. Postmark signs nothing: who knows one of these is believed.
 *
 * @param credentials {@code user:password} of basic authentication; several while one replaces
 *     another
 * @param secretHeader the header that carries a secret, in lower case
 * @param secrets what may stand in that header
 */
public record PostmarkSettings(
    List<String> credentials, String secretHeader, List<String> secrets) {

  /** Copies the lists. */
  public PostmarkSettings {
    credentials = List.copyOf(credentials);
    secrets = List.copyOf(secrets);
  }

  /** Credentials are secret. */
  @Override
  public String toString() {
    return "PostmarkSettings[%d credentials, %s, %d secrets]"
        .formatted(credentials.size(), secretHeader, secrets.size());
  }
}
