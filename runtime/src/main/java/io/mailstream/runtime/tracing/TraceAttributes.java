package io.mailstream.runtime.tracing;

/**
 * The names of what spans say: OpenTelemetry's for messaging where there is one, ours below {@code
 * mailstream.}.
 */
public final class TraceAttributes {

  /** The partition of the record's topic. */
  public static final String PARTITION = "messaging.destination.partition.id";

  /** The offset of the record. */
  public static final String OFFSET = "messaging.kafka.offset";

  /** The consumer group that works on it. */
  public static final String GROUP = "messaging.consumer.group.name";

  /** Why it failed; few values. */
  public static final String ERROR = "error.type";

  /** The tenant. */
  public static final String TENANT = "mailstream.tenant";

  /** The stream. */
  public static final String STREAM = "mailstream.stream";

  /** The delivery: one mail to one recipient. */
  public static final String DELIVERY = "mailstream.delivery_id";

  /** Which attempt it is, from 1. */
  public static final String ATTEMPT = "mailstream.attempt";

  /** The kind of ESP. */
  public static final String PROVIDER = "mailstream.provider";

  /** The account with the ESP. */
  public static final String ACCOUNT = "mailstream.account";

  /** How the call of the ESP ended. */
  public static final String OUTCOME = "mailstream.outcome";

  /** The status with which the ESP refused. */
  public static final String ESP_STATUS = "mailstream.esp.status";

  /** Why it was held. */
  public static final String HOLD_REASON = "mailstream.hold.reason";

  /** The result that it ended in. */
  public static final String RESULT = "mailstream.result";

  /** What the ESP reported. */
  public static final String EVENT = "mailstream.event";

  private TraceAttributes() {}
}
