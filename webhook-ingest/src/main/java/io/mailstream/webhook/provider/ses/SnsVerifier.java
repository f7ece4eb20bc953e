package io.mailstream.webhook.provider.ses;

import java.io.IOException;

/** Decides whether a message was signed by whom it says. */
public interface SnsVerifier {

  /**
   * Comes back if the signature holds.
   *
   * @param body the bytes that the envelope was read from
   * @throws Forged if it does not, or nobody that is trusted made it
   * @throws IOException if that cannot be said now: the certificate could not be fetched
   */
  void verify(SnsEnvelope envelope, byte[] body) throws Forged, IOException;

  /** The message is not from whom it says. The text is for the log: it repeats nothing of it. */
  final class Forged extends Exception {
    private static final long serialVersionUID = 1L;

    Forged(String why) {
      super(why);
    }

    Forged(String why, Throwable cause) {
      super(why, cause);
    }
  }
}
