package io.mailstream.webhook.provider;

import java.util.Map;
import java.util.Optional;

/**
 * A callback as it came.
 *
 * @param headers by name in lower case; the first value of each
 * @param body the bytes, as the signature covers them
 */
@SuppressWarnings("ArrayRecordComponent") // Carries bytes once; never compared.
public record WebhookRequest(Map<String, String> headers, byte[] body) {

  /** A header by its name in lower case. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }
}
