package io.mailstream.runtime.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.config.types.Password;

/**
 * A service's typed configuration over Kafka's {@link ConfigDef}. It is valid or is not built: all
 * faults come together in one {@link ConfigFaults}. Config providers ({@code ${env:NAME}}, {@code
 * ${file:/path:key}}, {@code ${dir:/path:file}}) are resolved first.
 */
public abstract class ServiceConfig extends AbstractConfig {

  private static final String ANY = "*.";

  /** As it was configured, variables and all. */
  private final Map<String, String> given;

  /**
   * Validates everything and takes it over.
   *
   * @param def the service's own settings
   * @param values what was configured, from {@link ConfigSources}
   * @param passThrough for each prefix (with its dot, such as {@code streams.}) whose keys go to a
   *     client as they are: the keys that may not be set there, and why; a locked key {@code
   *     *.name} also matches below further prefixes, such as {@code main.consumer.name}
   * @throws ConfigFaults if a value is not allowed, a required one is missing, a key is unknown, a
   *     locked one is set, or a variable cannot be resolved
   */
  protected ServiceConfig(
      ConfigDef def, Map<String, String> values, Map<String, Map<String, String>> passThrough) {
    this(def, values, passThrough, resolved -> List.of());
  }

  /**
   * The same, with checks of settings that depend on each other.
   *
   * @param relations finds faults in the values with their variables resolved, defaults left out;
   *     values that are faults of their own may be among them
   */
  protected ServiceConfig(
      ConfigDef def,
      Map<String, String> values,
      Map<String, Map<String, String>> passThrough,
      Function<Map<String, String>, List<String>> relations) {
    // The variables are resolved already: an empty map of provider settings, and no logging, since
    // Kafka's own would print the values.
    super(def, validated(def, values, passThrough, relations), Map.of(), false);
    given = new TreeMap<>(values);
  }

  /**
   * What is set below a prefix by now, by its full keys: variables are resolved once more, from
   * files that may have changed since.
   *
   * @throws ConfigFaults if one cannot be resolved
   */
  public Map<String, String> resolveAgain(String prefix) {
    Map<String, String> wanted = new TreeMap<>(given);
    wanted.keySet().removeIf(key -> !key.startsWith(prefix) && !ConfigVariables.isProviderKey(key));
    return ConfigSources.resolve(wanted);
  }

  /**
   * What was set below a prefix, without the prefix, for a client of that kind. Known secrets are
   * {@link Password}s, which Kafka's clients accept and which do not print.
   */
  public Map<String, Object> passThrough(String prefix) {
    Map<String, Object> settings = new TreeMap<>();
    originalsWithPrefix(prefix)
        .forEach((key, value) ->
            settings.put(key, SecretKeys.isKafkaSecret(key) ? secret(value) : value));
    return settings;
  }

  private static Password secret(Object value) {
    return value instanceof Password password ? password : new Password(String.valueOf(value));
  }

  private static Map<String, String> validated(
      ConfigDef def,
      Map<String, String> values,
      Map<String, Map<String, String>> passThrough,
      Function<Map<String, String>, List<String>> relations) {
    List<String> faults = new ArrayList<>();
    Set<String> known = def.names();
    values.keySet().stream()
        .filter(key -> !known.contains(key) && !ConfigVariables.isProviderKey(key))
        .sorted()
        .forEach(key -> checkForeign(key, known, passThrough).ifPresent(faults::add));

    Map<String, String> resolved = ConfigVariables.resolve(values, faults);
    List<String> unresolved = List.copyOf(faults);
    for (ConfigValue value : def.validate(new TreeMap<>(resolved))) {
      ConfigKey key = def.configKeys().get(value.name());
      boolean alreadyAFault = unresolved.stream().anyMatch(f -> f.startsWith(value.name() + ": "));
      if (key != null && !value.errorMessages().isEmpty() && !alreadyAFault) {
        faults.add(describe(key, resolved.get(key.name), value.errorMessages()));
      }
    }
    faults.addAll(relations.apply(resolved));
    if (!faults.isEmpty()) {
      throw new ConfigFaults(faults);
    }
    resolved.keySet().removeIf(ConfigVariables::isProviderKey);
    return resolved;
  }

  private static Optional<String> checkForeign(
      String key, Set<String> known, Map<String, Map<String, String>> passThrough) {
    for (Map.Entry<String, Map<String, String>> prefix : passThrough.entrySet()) {
      if (key.startsWith(prefix.getKey()) && key.length() > prefix.getKey().length()) {
        return lockedBecause(key.substring(prefix.getKey().length()), prefix.getValue())
            .map(why -> "%s cannot be set: %s. Remove it.".formatted(key, why));
      }
    }
    Set<String> candidates = new TreeSet<>(known);
    String hint =
        NearestName.find(key, candidates)
            .map(name -> "did you mean %s?".formatted(name))
            .orElse("remove it, or see the configuration reference for the keys there are");
    return Optional.of("%s is not a known key: %s".formatted(key, hint));
  }

  private static Optional<String> lockedBecause(String key, Map<String, String> locked) {
    for (Map.Entry<String, String> lock : locked.entrySet()) {
      String name = lock.getKey();
      boolean anywhere = name.startsWith(ANY);
      if (anywhere
          ? key.equals(name.substring(ANY.length())) || key.endsWith(name.substring(1))
          : key.equals(name)) {
        return Optional.of(lock.getValue());
      }
    }
    return Optional.empty();
  }

  private static String describe(ConfigKey key, String value, List<String> messages) {
    String allowed = key.type.name().toLowerCase(Locale.ROOT);
    if (key.validator != null && !key.validator.toString().isBlank()) {
      allowed += ", " + key.validator;
    }
    if (value == null) {
      return "%s is missing: %s Allowed: %s".formatted(key.name, key.documentation, allowed);
    }
    if (SecretKeys.isSecret(key)) {
      return "%s has a value that is not allowed (not shown: it is a secret). Allowed: %s"
          .formatted(key.name, allowed);
    }
    // The first says what is wrong with the value; where it cannot be parsed, the validator then
    // complains that there is none.
    String what = messages.getFirst();
    String prefix = "for configuration " + key.name + ": ";
    int detailAt = what.indexOf(prefix);
    String detail = detailAt < 0 ? what : what.substring(detailAt + prefix.length());
    return "%s = '%s' is not allowed: %s. Allowed: %s".formatted(key.name, value, detail, allowed);
  }
}
