package io.mailstream.webhook.provider;

import java.time.Instant;

/** One ESP's callbacks. Called from many threads at once, on virtual threads; may block. */
public interface WebhookProvider {

  /** The last part of the path {@code /webhooks/{name}}, and the provider of its events. */
  String name();

  /** Whether the ESP looks by HEAD whether the path is there, before it takes it for a webhook. */
  default boolean isProbedByHead() {
    return false;
  }

  /**
   * Verifies a callback and puts it in our terms. Trusts nothing of it before that.
   *
   * @param now when it came in
   */
  Receipt receive(WebhookRequest request, Instant now);
}
