package io.mailstream.streams.query;

import io.helidon.http.BadRequestException;
import io.helidon.webserver.http.ServerRequest;
import io.mailstream.schemas.RecipientKey;
import java.util.Optional;

/**
 * What a request is about: an address and a scope.
 *
 * @param key the canonical address
 * @param tenant null: every tenant
 * @param stream null: every stream; never without a tenant
 */
record Target(String key, String tenant, String stream) {

  private static final int MAX_ADDRESS = 320;
  private static final int MAX_NAME = 256;

  /**
   * Reads it from the path's end and the query.
   *
   * @throws BadRequestException if it is none, with what to do
   */
  static Target of(ServerRequest request) {
    String address = request.path().pathParameters().get("address");
    return of(address, parameter(request, "tenant"), parameter(request, "stream"));
  }

  private static Target of(String address, String tenant, String stream) {
    String key =
        key(address)
            .orElseThrow(() ->
                new BadRequestException(
                    "the path does not end in an address: give local-part@domain,"
                        + " percent-encoded, at most 320 characters"));
    checkScope(tenant, stream);
    return new Target(key, tenant, stream);
  }

  /** The canonical form of an address; empty: it is none. */
  static Optional<String> key(String address) {
    return address.length() > MAX_ADDRESS ? Optional.empty() : RecipientKey.find(address);
  }

  /** Refuses a scope that is none. */
  static void checkScope(String tenant, String stream) {
    if ((tenant != null && tenant.length() > MAX_NAME)
        || (stream != null && stream.length() > MAX_NAME)) {
      throw new BadRequestException("tenant and stream have at most 256 characters");
    }
    if (stream != null && tenant == null) {
      throw new BadRequestException(
          "a stream belongs to a tenant: give tenant= too, or leave stream= out");
    }
  }

  /** A parameter of the query; null: it is not given, or blank. */
  static String parameter(ServerRequest request, String name) {
    return request.query().first(name).filter(value -> !value.isBlank()).orElse(null);
  }
}
