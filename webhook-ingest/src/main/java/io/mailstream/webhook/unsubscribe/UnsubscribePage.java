package io.mailstream.webhook.unsubscribe;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * What a person sees who follows an unsubscribe link. Plain HTML that needs no script, with nothing
 * in it of who they are: the link may have been passed on.
 */
public enum UnsubscribePage {
  /** Asks; changes nothing until the button is pressed. */
  ASK(
      200,
      "Stop these mails?",
      """
      <p>Press the button, and no more mails of this kind are sent to the address that this link was
      sent to.</p>
      <form method="post">
      <input type="hidden" name="List-Unsubscribe" value="One-Click">
      <button type="submit">Unsubscribe</button>
      </form>
      <p>To go on getting them, just close this page.</p>
      """),

  /** It is written. */
  DONE(
      200,
      "You are unsubscribed",
      """
      <p>No more mails of this kind are sent to the address that the link was sent to. One that is
      under way at this moment may still arrive.</p>
      <p>You may close this page.</p>
      """),

  /** The request does not say what a button or a mail program says. */
  NOT_CONFIRMED(
      400,
      "Nothing has changed",
      """
      <p>The request did not say that it is meant to unsubscribe. Open the link of the mail once more
      and press the button.</p>
      """),

  /** It is no link of ours, whatever is wrong with it. */
  UNKNOWN(
      404,
      "This link does not work",
      """
      <p>It may have been cut off or changed on its way, or be very old. Open the link of a newer mail
      of the same sender, or answer that mail and ask to be unsubscribed.</p>
      """),

  /** It was one. */
  EXPIRED(
      410,
      "This link has expired",
      """
      <p>Open the link of a newer mail of the same sender, or answer that mail and ask to be
      unsubscribed.</p>
      """),

  /** The body is not what a button or a mail program sends. */
  TOO_LARGE(
      413,
      "Nothing has changed",
      """
      <p>The request was too large. Open the link of the mail once more and press the button.</p>
      """),

  /** It could not be written. */
  LATER(
      503,
      "Please try again in a few minutes",
      """
      <p>Your wish could not be recorded now, and the fault is ours. Nothing has changed yet. Open the
      link again in a few minutes.</p>
      """);

  private static final String STYLE =
      """

      :root { color-scheme: light dark; }
      body { margin: 0; background: Canvas; color: CanvasText;
        font: 1.125rem/1.5 system-ui, sans-serif; }
      main { box-sizing: border-box; max-width: 36rem; margin: 0 auto; padding: 2rem 1rem; }
      h1 { font-size: 1.5rem; line-height: 1.25; }
      button { min-height: 3rem; padding: 0 1.5rem; border: 0; border-radius: .375rem;
        background: #0b57d0; color: #fff; font: inherit; cursor: pointer; }
      button:hover { background: #0842a0; }
      button:focus-visible { outline: .1875rem solid CanvasText; outline-offset: .1875rem; }
      """;

  private static final String TEMPLATE =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="robots" content="noindex">
      <title>%1$s</title>
      <style>%2$s</style>
      </head>
      <body>
      <main>
      <h1>%1$s</h1>
      %3$s</main>
      </body>
      </html>
      """;

  /** What the page may do: show itself and send its form back. */
  public static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; style-src 'sha256-%s'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
          .formatted(sha256(STYLE));

  private final int status;
  private final String html;

  UnsubscribePage(int status, String title, String content) {
    this.status = status;
    this.html = TEMPLATE.formatted(title, STYLE, content);
  }

  /** The HTTP status that it comes with. */
  public int status() {
    return status;
  }

  /** The page. */
  public String html() {
    return html;
  }

  private static String sha256(String text) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
