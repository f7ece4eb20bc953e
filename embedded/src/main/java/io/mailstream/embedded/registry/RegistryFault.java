package io.mailstream.embedded.registry;

/** A request that the registry answers with an error, by the codes of Confluent's registry. */
final class RegistryFault extends RuntimeException {

  private final int status;
  private final int code;

  private RegistryFault(int status, int code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** The HTTP status. */
  int status() {
    return status;
  }

  /** The {@code error_code} of the answer's body. */
  int code() {
    return code;
  }

  static RegistryFault subjectNotFound(String subject) {
    return new RegistryFault(404, 40401, "Subject '%s' not found.".formatted(subject));
  }

  static RegistryFault versionNotFound(int version) {
    return new RegistryFault(404, 40402, "Version %d not found.".formatted(version));
  }

  static RegistryFault schemaNotFound() {
    return new RegistryFault(404, 40403, "Schema not found");
  }

  static RegistryFault schemaNotFound(int id) {
    return new RegistryFault(404, 40403, "Schema %d not found".formatted(id));
  }

  static RegistryFault noCompatibilityOf(String subject) {
    return new RegistryFault(
        404,
        40408,
        "Subject '%s' does not have subject-level compatibility configured".formatted(subject));
  }

  static RegistryFault noModeOf(String subject) {
    return new RegistryFault(
        404, 40409, "Subject '%s' does not have subject-level mode configured".formatted(subject));
  }

  static RegistryFault incompatible(String subject, Object details) {
    return new RegistryFault(
        409,
        409,
        "Schema being registered is incompatible with an earlier schema for subject \"%s\","
                .formatted(subject)
            + " details: "
            + details);
  }

  static RegistryFault invalidSchema(String why) {
    return new RegistryFault(422, 42201, "Invalid schema: " + why);
  }

  static RegistryFault invalidVersion(String version) {
    return new RegistryFault(
        422,
        42202,
        "The specified version '%s' is not a valid version id.".formatted(version)
            + " Allowed values are between [1, 2^31-1] and the string \"latest\"");
  }

  static RegistryFault invalidCompatibility(String level) {
    return new RegistryFault(
        422,
        42203,
        "Invalid compatibility level '%s'. Valid values are none, backward, forward, full,"
                .formatted(level)
            + " backward_transitive, forward_transitive, and full_transitive");
  }

  static RegistryFault invalidMode(String mode) {
    return new RegistryFault(
        422, 42204, "Invalid mode '%s'. Valid values are READWRITE and READONLY".formatted(mode));
  }

  static RegistryFault readOnly(String subject) {
    return new RegistryFault(422, 42205, "Subject %s is in read-only mode".formatted(subject));
  }

  static RegistryFault badRequest(String why) {
    return new RegistryFault(400, 400, why);
  }

  static RegistryFault notFound() {
    return new RegistryFault(404, 404, "HTTP 404 Not Found");
  }

  static RegistryFault unavailable() {
    return new RegistryFault(503, 50003, "The registry is suspended");
  }
}
