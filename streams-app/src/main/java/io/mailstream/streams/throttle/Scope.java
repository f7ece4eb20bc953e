package io.mailstream.streams.throttle;

import java.io.ByteArrayOutputStream;
import java.util.List;

/** What a limit counts. Every kind has a byte of its own in the stores. */
public sealed interface Scope {

  /** All mail of a tenant. */
  record Tenant(String tenant) implements Scope {}

  /** One stream of a tenant. */
  record Stream(String tenant, String stream) implements Scope {}

  /** All mail through an account with an ESP. */
  record Account(String account) implements Scope {}

  /** Mail through an account to a domain or group of domains. */
  record Domain(String account, String domain) implements Scope {}

  /** Mail that an actor of a tenant triggers; in one stream, or (empty) in all. */
  record Actor(String tenant, String stream, String actor) implements Scope {}

  /** Mail of a tenant to one canonical address; in one stream, or (empty) in all. */
  record Recipient(String tenant, String stream, String recipient) implements Scope {}

  /** The scope's kind in the stores; never reused for another. */
  private byte tag() {
    return switch (this) {
      case Tenant t -> 1;
      case Stream s -> 2;
      case Account a -> 3;
      case Domain d -> 4;
      case Actor a -> 5;
      case Recipient r -> 6;
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

  /**
   * The scope of some bytes.
   *
   * @throws IllegalArgumentException if this release did not write them
   */
  static Scope decode(byte[] bytes) {
    return switch (bytes[0]) {
      case 1 -> new Tenant(names(bytes, 1)[0]);
      case 2 -> {
        String[] names = names(bytes, 2);
        yield new Stream(names[0], names[1]);
      }
      case 3 -> new Account(names(bytes, 1)[0]);
      case 4 -> {
        String[] names = names(bytes, 2);
        yield new Domain(names[0], names[1]);
      }
      case 5 -> {
        String[] names = names(bytes, 3);
        yield new Actor(names[0], names[1], names[2]);
      }
      case 6 -> {
        String[] names = names(bytes, 3);
        yield new Recipient(names[0], names[1], names[2]);
      }
      default ->
          throw new IllegalArgumentException(
              "a scope of kind %d is not known to this release".formatted(bytes[0]));
    };
  }

  private static String[] names(byte[] bytes, int count) {
    String[] names = new String[count];
    NameBytes.read(bytes, 1, names);
    return names;
  }

  private List<String> names() {
    return switch (this) {
      case Tenant t -> List.of(t.tenant());
      case Stream s -> List.of(s.tenant(), s.stream());
      case Account a -> List.of(a.account());
      case Domain d -> List.of(d.account(), d.domain());
      case Actor a -> List.of(a.tenant(), a.stream(), a.actor());
      case Recipient r -> List.of(r.tenant(), r.stream(), r.recipient());
    };
  }
}
