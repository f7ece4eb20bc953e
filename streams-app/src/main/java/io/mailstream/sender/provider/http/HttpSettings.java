package io.mailstream.sender.provider.http;

import io.mailstream.sender.provider.common.AccountSettings;
import io.mailstream.sender.provider.common.CallSettings;
import io.mailstream.sender.provider.common.TrustedCertificates;
import java.net.URI;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * The settings of an account with an ESP that is reached by HTTP.
 *
 * @param endpoint where its API is, without a path
 * @param calls timeouts and connections
 * @param trust whom it trusts in place of Java's authorities; empty: these
 */
public record HttpSettings(URI endpoint, CallSettings calls, Optional<SSLContext> trust) {

  /**
   * Reads the settings that all such ESPs have.
   *
   * @param endpoint the ESP's own endpoint, unless another is set
   */
  public static HttpSettings of(AccountSettings reader, URI endpoint) {
    return new HttpSettings(
        reader.uri("endpoint").orElse(endpoint),
        CallSettings.of(reader, CallSettings.HTTP),
        TrustedCertificates.of(reader));
  }
}
