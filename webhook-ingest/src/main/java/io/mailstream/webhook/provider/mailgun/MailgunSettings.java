package io.mailstream.webhook.provider.mailgun;

import java.time.Duration;
import java.util.List;

/**
 * How Mailgun's callbacks are judged.
 *
 * @param keys the HTTP webhook signing keys whose signatures are taken; several while one replaces
 *     another
 * @param replayWindow how old a signature may be
 */
public record MailgunSettings(List<String> keys, Duration replayWindow) {

  /** Copies the list. */
  public MailgunSettings {
    keys = List.copyOf(keys);
  }

  /** Keys are secret. */
  @Override
  public String toString() {
    return "MailgunSettings[%d keys, %s]".formatted(keys.size(), replayWindow);
  }
}
