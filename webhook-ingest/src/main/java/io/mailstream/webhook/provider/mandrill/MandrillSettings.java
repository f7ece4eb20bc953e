package io.mailstream.webhook.provider.mandrill;

import java.util.List;

/**
 * How Mandrill's callbacks are judged.
 *
 * @param url the URL of the webhook, to the letter as it is set at Mandrill: it is part of what is
 *     signed
 * @param keys the webhook keys whose signatures are taken; several while one replaces another
 */
public record MandrillSettings(String url, List<String> keys) {

  /** Copies the list. */
  public MandrillSettings {
    keys = List.copyOf(keys);
  }

  /** Keys are secret. */
  @Override
  public String toString() {
    return "MandrillSettings[%s, %d keys]".formatted(url, keys.size());
  }
}
