package io.mailstream.schemas;

import org.apache.avro.util.ClassSecurityValidator;
import org.apache.avro.util.ClassSecurityValidator.ClassSecurityPredicate;

/**
 * Tells Avro that Mailstream's generated classes may be named by a schema. Avro makes instances of
 * classes that a schema names only where they are trusted; what else is trusted stays as it was.
 *
 * <p>Every generated class installs this when it is loaded, and so do the deserializers, which meet
 * a schema before any class. A deserializer that is not Mailstream's needs {@link #install()}
 * called once, or the system property {@code org.apache.avro.SERIALIZABLE_PACKAGES}.
 */
public final class AvroTrust {

  private static final ClassSecurityPredicate OURS =
      type -> {
        String name = type.getName();
        return name.startsWith("io.mailstream.v1.") || name.startsWith("io.mailstream.store.");
      };

  static {
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(ClassSecurityValidator.getGlobal(), OURS));
  }

  private AvroTrust() {}

  /** Has an effect once in the life of the process, and does nothing when called again. */
  public static void install() {
    // The static initialiser did it: it runs once, whoever calls first.
  }
}
