package io.mailstream.benchmarks;

import io.mailstream.webhook.provider.WebhookRequest;
import java.util.Map;

/** How one ESP signs its callbacks, and how such a signature is verified, which is all it does. */
interface CallbackScheme {

  /** The ESP, and how many events a callback has where it is more than one. */
  String name();

  /** The path of its webhook. */
  String path();

  /** Events in a callback. */
  int events();

  /** What the webhook ingester is told about it. */
  Map<String, String> settings();

  /** A callback about mail that was delivered; no other has the same id. */
  WebhookRequest sign(String id);

  /** Whether it is genuine, by the means of the webhook ingester; nothing else of it is read. */
  boolean verify(WebhookRequest callback);
}
