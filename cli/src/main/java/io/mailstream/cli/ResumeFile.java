package io.mailstream.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Properties;

/**
 * How far a long command has come: a small file beside the one it works on, so that the same
 * command goes on there. It is put in place as a whole, and removed at the end.
 */
final class ResumeFile {

  private static final String OF = "of";
  private static final String POSITION = "position";
  private static final String DETAIL = "detail";

  private final Path file;
  private final String of;

  /**
   * The file of a work.
   *
   * @param work the file that is worked on
   * @param of what makes it this work and no other; a place of another is not taken up
   */
  ResumeFile(Path work, String of) {
    this.file = work.resolveSibling(work.getFileName() + ".progress");
    this.of = of;
  }

  /** How far it has come. */
  record Place(long position, String detail) {}

  /** Where to go on; empty: at the start. */
  Optional<Place> read() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Properties written = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      written.load(in);
      if (!of.equals(written.getProperty(OF))) {
        return Optional.empty();
      }
      return Optional.of(
          new Place(
              Long.parseLong(written.getProperty(POSITION)), written.getProperty(DETAIL, "")));
    } catch (IOException | NumberFormatException e) {
      throw new CliException(
          Exit.USAGE, "cannot read %s (%s): remove it to begin anew".formatted(file, e), e);
    }
  }

  void write(long position, String detail) {
    Properties place = new Properties();
    place.setProperty(OF, of);
    place.setProperty(POSITION, String.valueOf(position));
    place.setProperty(DETAIL, detail);
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      try (OutputStream out = Files.newOutputStream(fresh)) {
        place.store(out, null);
      }
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new CliException(Exit.USAGE, "cannot write %s: %s".formatted(file, e), e);
    }
  }

  void remove() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new CliException(Exit.USAGE, "cannot remove %s: %s".formatted(file, e), e);
    }
  }

  Path path() {
    return file;
  }
}
