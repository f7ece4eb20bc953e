package io.mailstream.schemas.serde;

import org.apache.kafka.common.errors.RetriableException;

/**
 * The schema registry could not be used: it does not answer, answers with an error of its own, or
 * refuses our credentials. Says nothing about the record at hand, which must be neither dropped nor
 * declared bad. Thrown when the retries within {@link AvroSerdeConfig#RETRY_TIMEOUT_MS} are used
 * up; the message names the URLs and what each answered.
 *
 * <p>A record that cannot be read or written is a {@link
 * org.apache.kafka.common.errors.SerializationException} instead.
 */
public final class RegistryUnavailableException extends RetriableException {

  private static final long serialVersionUID = 1;

  /** With what each URL answered. */
  public RegistryUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Whether a failure, or anything that caused it, is an outage of the registry. */
  public static boolean isBehind(Throwable failure) {
    Throwable at = failure;
    for (int depth = 0; at != null && depth < 32; depth++) {
      if (at instanceof RegistryUnavailableException) {
        return true;
      }
      at = at.getCause();
    }
    return false;
  }
}
