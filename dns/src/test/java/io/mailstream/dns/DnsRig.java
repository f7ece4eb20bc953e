package io.mailstream.dns;

import io.mailstream.embedded.dns.AuthoritativeDns;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A DNS server with a top-level domain {@code test}, and a resolver that asks it. */
public final class DnsRig implements AutoCloseable {

  private final AuthoritativeDns server;

  private DnsRig(AuthoritativeDns server) {
    this.server = server;
  }

  /** One without a domain below {@code test}. */
  public static DnsRig start() throws IOException {
    return new DnsRig(AuthoritativeDns.start().zone("test", ""));
  }

  /** Adds a zone. */
  public DnsRig zone(String origin, String records) {
    server.zone(origin, records);
    return this;
  }

  /** The server. */
  public AuthoritativeDns server() {
    return server;
  }

  /** A resolver that has asked nothing yet. */
  public Dns dns() {
    return DnsResolver.create(DnsSettings.once(List.of(server.address()), Duration.ofSeconds(5)));
  }

  @Override
  public void close() {
    server.close();
  }
}
