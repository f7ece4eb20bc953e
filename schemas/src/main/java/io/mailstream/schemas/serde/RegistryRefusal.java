package io.mailstream.schemas.serde;

import org.apache.kafka.common.errors.SerializationException;

/**
 * The registry answered that it will not: unknown schema or subject, incompatible, invalid. The
 * answer is final; another attempt would get the same.
 */
final class RegistryRefusal extends RuntimeException {

  static final int SUBJECT_UNKNOWN = 40401;
  static final int VERSION_UNKNOWN = 40402;
  static final int SCHEMA_UNKNOWN = 40403;
  static final int INCOMPATIBLE = 409;
  static final int INVALID = 422;

  private static final long serialVersionUID = 1;

  private final int status;
  private final int code;

  /**
   * A refusal.
   *
   * @param status the HTTP status, 4xx
   * @param code the registry's own error code, such as 40403; 0 where it gave none
   */
  RegistryRefusal(int status, int code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  int status() {
    return status;
  }

  int code() {
    return code;
  }

  /** Whether the registry knows of no such subject, version or schema. */
  boolean isUnknown() {
    return code == SUBJECT_UNKNOWN || code == VERSION_UNKNOWN || code == SCHEMA_UNKNOWN;
  }

  /**
   * The refusal as a caller of a serializer sees it: the fault of the record where the registry
   * speaks of its schema, else of the way to the registry.
   *
   * @param what what was asked for
   */
  RuntimeException translated(String what) {
    if (status == 401 || status == 403) {
      return new RegistryUnavailableException(
          "%s: the schema registry refuses the credentials: %s; check %s or %s"
              .formatted(
                  what, getMessage(), AvroSerdeConfig.USER_INFO, AvroSerdeConfig.BEARER_TOKEN),
          this);
    }
    if (isUnknown() || status == INCOMPATIBLE || status == INVALID) {
      return new SerializationException(what + ": " + getMessage(), this);
    }
    return new RegistryUnavailableException(
        what + ": the schema registry does not take the request: " + getMessage(), this);
  }
}
