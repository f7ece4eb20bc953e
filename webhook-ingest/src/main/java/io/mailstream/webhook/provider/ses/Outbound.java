package io.mailstream.webhook.provider.ses;

import java.io.IOException;
import java.net.URI;

/** The calls that the ingester makes itself: certificates and confirmations, nothing else. */
public interface Outbound {

  /**
   * Gets a resource. Follows no redirect.
   *
   * @throws IOException if there is no answer in time, or one that is too large
   */
  Response get(URI uri) throws IOException;

  /** What came back. */
  @SuppressWarnings("ArrayRecordComponent") // Carries bytes once; never compared.
  record Response(int status, byte[] body) {

    boolean isSuccess() {
      return status >= 200 && status < 300;
    }

    /** Whether it may be different the next time. */
    boolean isTransient() {
      return status >= 500 || status == 429 || status == 408;
    }
  }
}
