package io.mailstream.schemas;

/**
 * The names under which a delivery travels to the ESP as tags and comes back in its callbacks: the
 * sender writes them, the webhook ingester reads them.
 */
public final class DeliveryTags {

  /** What all of ours begin with; a request's own tags never do. */
  public static final String PREFIX = "ms_";

  /** The delivery id; it always travels, all else follows from it. */
  public static final String DELIVERY_ID = PREFIX + "delivery_id";

  /** The request id. */
  public static final String REQUEST_ID = PREFIX + "request_id";

  /** The tenant. */
  public static final String TENANT = PREFIX + "tenant";

  /** The stream. */
  public static final String STREAM = PREFIX + "stream";

  /** The trace that the mail belongs to, as the step of its call: a W3C traceparent. */
  public static final String TRACEPARENT = PREFIX + "traceparent";

  /**
   * What a request's own tag {@code name} begins with where the ESP mixes tags with fields of its
   * events, as SendGrid does: there it travels as {@code ms_tag_name}. Where tags have a place of
   * their own (SES, Mailgun, Postmark, Mandrill) they travel under their own names.
   */
  public static final String REQUEST_TAG_PREFIX = PREFIX + "tag_";

  private DeliveryTags() {}
}
