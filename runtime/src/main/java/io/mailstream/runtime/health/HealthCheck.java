package io.mailstream.runtime.health;

/** One part of a service, and whether an operation on it would succeed now. */
public interface HealthCheck {

  /** The part's name, in kebab-case. */
  String name();

  /** Looks. Comes back soon: {@link Health} gives up on a check after two seconds. */
  CheckResult check();

  /** A check by a function. */
  static HealthCheck of(String name, java.util.function.Supplier<CheckResult> check) {
    return new HealthCheck() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public CheckResult check() {
        return check.get();
      }
    };
  }
}
