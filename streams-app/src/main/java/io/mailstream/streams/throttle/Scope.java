package io.mailstream.streams.throttle;

import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * What a limit counts. Every kind has a byte of its own in the stores, so that another kind (a
 * recipient's domain, an actor, a recipient) is one more record here and one more line in {@link
 * Limits}.
 */
public sealed interface Scope {

  /** All mail of a tenant. */
  record Tenant(String tenant) implements Scope {}

  /** One stream of a tenant. */
  record Stream(String tenant, String stream) implements Scope {}

  /** All mail through an account with an ESP. */
  record Account(String account) implements Scope {}

  /** The scope's kind in the stores; never reused for another. */
  private byte tag() {
    return switch (this) {
      case Tenant t -> 1;
      case Stream s -> 2;
      case Account a -> 3;
    };
  }

  /** The scope as bytes: no scope's bytes begin another's. */
  default byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(48);
    out.write(tag());
    for (String name : names()) {
      NameBytes.write(out, name);
    }
    return out.toByteArray();
  }

  private List<String> names() {
    return switch (this) {
      case Tenant t -> List.of(t.tenant());
      case Stream s -> List.of(s.tenant(), s.stream());
      case Account a -> List.of(a.account());
    };
  }
}
