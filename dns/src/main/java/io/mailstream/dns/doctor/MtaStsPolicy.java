package io.mailstream.dns.doctor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An MTA-STS policy (RFC 8461, 3.2).
 *
 * @param values the keys but mx
 * @param patterns the hosts that may take mail
 * @param faults the lines that are none, for people
 */
record MtaStsPolicy(Map<String, String> values, List<String> patterns, List<String> faults) {

  static MtaStsPolicy parse(String text) {
    Map<String, String> values = new HashMap<>();
    List<String> patterns = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    text.lines()
        .filter(line -> !line.isBlank())
        .forEach(line -> {
          String[] parts = line.split(":", 2);
          if (parts.length < 2) {
            faults.add("'%s' is no 'key: value'".formatted(line.strip()));
          } else if (parts[0].strip().equals("mx")) {
            patterns.add(parts[1].strip().toLowerCase(Locale.ROOT));
          } else {
            values.putIfAbsent(parts[0].strip(), parts[1].strip());
          }
        });
    return new MtaStsPolicy(values, patterns, faults);
  }

  String value(String key) {
    return values.getOrDefault(key, "");
  }

  /** Whether a host may take mail: {@code *.} stands for one label (RFC 8461, 4.1). */
  boolean allows(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    int dot = name.indexOf('.');
    return patterns.stream()
        .anyMatch(pattern ->
            pattern.startsWith("*.")
                ? dot > 0 && name.substring(dot).equals(pattern.substring(1))
                : name.equals(pattern));
  }
}
