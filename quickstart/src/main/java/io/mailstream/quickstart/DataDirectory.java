package io.mailstream.quickstart;

import io.mailstream.embedded.Directories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** The directory that all data of quickstart lies in; one quickstart at a time has it. */
final class DataDirectory implements AutoCloseable {

  /** Marks a directory as ours: only such a one is emptied. */
  private static final String MARKER = ".mailstream-quickstart";

  private final Path directory;
  private final FileChannel marker;

  private DataDirectory(Path directory, FileChannel marker) {
    this.directory = directory;
    this.marker = marker;
  }

  /**
   * Takes the directory, created where it is not there.
   *
   * @param fresh whether it is emptied
   * @throws QuickstartFailure if another quickstart has it, or it holds somebody else's files
   */
  static DataDirectory open(Path directory, boolean fresh) {
    Path absolute = directory.toAbsolutePath().normalize();
    try {
      requireOurs(absolute);
      Files.createDirectories(absolute);
      FileChannel marker =
          FileChannel.open(
              absolute.resolve(MARKER), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!isLocked(marker)) {
        marker.close();
        throw new QuickstartFailure(
            "the data directory %s is in use by another quickstart: stop that one, or give another"
                    .formatted(absolute)
                + " directory with --data-dir");
      }
      if (fresh) {
        empty(absolute);
      }
      return new DataDirectory(absolute, marker);
    } catch (IOException e) {
      throw new QuickstartFailure(
          "cannot use the data directory %s (%s): give one that can be written with --data-dir"
              .formatted(absolute, e),
          e);
    }
  }

  private static void requireOurs(Path directory) throws IOException {
    if (!Files.exists(directory) || Files.exists(directory.resolve(MARKER))) {
      return;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      if (entries.findAny().isPresent()) {
        throw new QuickstartFailure(
            "%s holds files that quickstart did not put there: give an empty or a new directory"
                    .formatted(directory)
                + " with --data-dir");
      }
    }
  }

  private static boolean isLocked(FileChannel marker) throws IOException {
    try {
      FileLock lock = marker.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static void empty(Path directory) throws IOException {
    List<Path> entries;
    try (Stream<Path> list = Files.list(directory)) {
      entries = list.filter(entry -> !entry.endsWith(MARKER)).toList();
    }
    for (Path entry : entries) {
      if (Files.isDirectory(entry)) {
        Directories.delete(entry);
      } else {
        Files.delete(entry);
      }
    }
  }

  Path path() {
    return directory;
  }

  Path resolve(String name) {
    return directory.resolve(name);
  }

  @Override
  public void close() {
    try {
      marker.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot let go of " + directory, e);
    }
  }
}
