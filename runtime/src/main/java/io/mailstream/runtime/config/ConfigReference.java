package io.mailstream.runtime.config;

import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;

/** Writes the reference of a service's settings from their definition. */
public final class ConfigReference {

  private ConfigReference() {}

  /**
   * The reference as Markdown.
   *
   * @param title its heading
   * @param def the settings
   * @param passThrough the prefixes that are passed through, with their locked keys and why
   */
  public static String markdown(
      String title, ConfigDef def, Map<String, Map<String, String>> passThrough) {
    StringBuilder out = new StringBuilder();
    out.append("# ").append(title).append("\n\n");
    out.append("| key | type | default | allowed | what it does |\n|---|---|---|---|---|\n");
    def.configKeys().values().stream()
        .sorted(Comparator.comparing((ConfigKey key) -> key.name))
        .forEach(key -> out.append(row(key)));
    if (!passThrough.isEmpty()) {
      out.append("\n## Passed through\n\n");
      passThrough.entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(prefix -> out.append(prefixSection(prefix.getKey(), prefix.getValue())));
    }
    return out.toString();
  }

  private static String row(ConfigKey key) {
    String fallback =
        !key.hasDefault()
            ? "**required**"
            : key.defaultValue == null || SecretKeys.isSecret(key)
                ? "none"
                : code(ConfigDef.convertToString(key.defaultValue, key.type));
    String allowed = key.validator == null ? "" : cell(key.validator.toString());
    return "| %s | %s | %s | %s | %s |%n"
        .formatted(
            code(key.name),
            key.type.name().toLowerCase(Locale.ROOT),
            fallback,
            allowed,
            cell(key.documentation))
        .replace(System.lineSeparator(), "\n");
  }

  private static String prefixSection(String prefix, Map<String, String> locked) {
    StringBuilder out = new StringBuilder();
    out.append("Every key below `").append(prefix).append("` goes to the client as it is");
    if (locked.isEmpty()) {
      return out.append(".\n\n").toString();
    }
    out.append(", except:\n\n| locked key | why |\n|---|---|\n");
    locked.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(lock ->
            out.append("| ")
                .append(code(prefix + lock.getKey()))
                .append(" | ")
                .append(cell(lock.getValue()))
                .append(" |\n"));
    return out.append("\n").toString();
  }

  private static String code(String text) {
    return text.isEmpty() ? "empty" : "`" + cell(text) + "`";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }
}
