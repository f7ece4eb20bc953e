package io.mailstream.sender.recipient;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A file of domains, one a line; what stands behind {@code #} is a comment. */
record DomainList(Set<String> domains) {

  static final DomainList NONE = new DomainList(Set.of());

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException if it cannot be read
   */
  static DomainList read(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return of(lines);
    } catch (IOException | UncheckedIOException e) {
      throw new IllegalArgumentException(
          "%s names a file that cannot be read: %s: give a text file with a domain a line"
              .formatted(RecipientCheckConfig.DISPOSABLE_FILE, file),
          e);
    }
  }

  /** Reads a file that comes with the program. */
  static DomainList resource(String name) {
    try (InputStream in = DomainList.class.getResourceAsStream(name)) {
      return of(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DomainList of(Stream<String> lines) {
    return new DomainList(
        lines
            .map(line -> line.replaceFirst("#.*", "").strip().toLowerCase(Locale.ROOT))
            .filter(line -> !line.isEmpty())
            .collect(Collectors.toUnmodifiableSet()));
  }

  /** Whether a domain, or one that it is below, is in the list. */
  boolean covers(String domain) {
    for (String at = domain; ; at = at.substring(at.indexOf('.') + 1)) {
      if (domains.contains(at)) {
        return true;
      }
      if (at.indexOf('.') < 0) {
        return false;
      }
    }
  }

  List<String> sorted() {
    return domains.stream().sorted().toList();
  }
}
