package io.mailstream.deployment.images;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** A container image as the build writes it: what {@code docker load} takes. */
final class ImageTar {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long MOST_KEPT = 1 << 20;
  private static final int EXECUTABLE = 0b001_001_001;

  private final Path file;
  private final List<String> layerNames = new ArrayList<>();
  private final List<List<Entry>> layers = new ArrayList<>();
  private final JsonNode config;

  /**
   * A file or directory of a layer.
   *
   * @param path from the root, without a slash in front
   * @param mode permission bits
   * @param content what is in it; empty for a directory, and for a file of more than 1 MiB
   */
  record Entry(
      String path,
      boolean isFile,
      int mode,
      long uid,
      long gid,
      Instant modified,
      byte[] content) {}

  private ImageTar(Path file) throws IOException {
    this.file = file;
    JsonNode manifest = JSON.readTree(member("manifest.json").readAllBytes()).get(0);
    config = JSON.readTree(member(manifest.get("Config").asText()).readAllBytes());
    for (JsonNode name : manifest.get("Layers")) {
      layerNames.add(name.asText());
      List<Entry> entries = new ArrayList<>();
      read(name.asText(), (entry, in) -> entries.add(entry(entry, in)));
      layers.add(entries);
    }
  }

  /**
   * The image of a module.
   *
   * @throws AssertionError if it is not built
   */
  static ImageTar of(String module) throws IOException {
    Path file = Path.of("..", module, "target", "jib-image.tar").toAbsolutePath().normalize();
    if (!Files.exists(file)) {
      throw new AssertionError(
          "there is no image %s: build it with 'mvn package', without -Dquick".formatted(file));
    }
    return new ImageTar(file);
  }

  private interface Reader {
    void read(TarArchiveEntry entry, InputStream in) throws IOException;
  }

  private void read(String layer, Reader reader) throws IOException {
    try (TarArchiveInputStream tar = tar(new GZIPInputStream(member(layer)))) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        reader.read(e, tar);
      }
    }
  }

  private InputStream member(String name) throws IOException {
    TarArchiveInputStream tar = tar(Files.newInputStream(file));
    for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
      if (e.getName().equals(name)) {
        return tar;
      }
    }
    tar.close();
    throw new IOException("%s has no %s".formatted(file, name));
  }

  private static TarArchiveInputStream tar(InputStream in) {
    return new TarArchiveInputStream(new BufferedInputStream(in));
  }

  private static Entry entry(TarArchiveEntry e, InputStream in) throws IOException {
    return new Entry(
        e.getName(),
        e.isFile(),
        e.getMode() & 0b111_111_111_111,
        e.getLongUserId(),
        e.getLongGroupId(),
        e.getLastModifiedTime().toInstant(),
        e.getSize() <= MOST_KEPT ? in.readAllBytes() : new byte[0]);
  }

  /** Its size in bytes, layers compressed: what a node pulls. */
  long size() throws IOException {
    return Files.size(file);
  }

  /** The configuration of the image: user, entrypoint, labels, environment. */
  JsonNode config() {
    return config.get("config");
  }

  List<String> entrypoint() {
    List<String> arguments = new ArrayList<>();
    config().get("Entrypoint").forEach(argument -> arguments.add(argument.asText()));
    return arguments;
  }

  Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    for (JsonNode variable : config().get("Env")) {
      String[] parts = variable.asText().split("=", 2);
      environment.put(parts[0], parts[1]);
    }
    return environment;
  }

  /** What each layer holds, the lowest first. */
  List<List<Entry>> layers() {
    return layers;
  }

  /** The layers' digests, the lowest first. */
  List<String> layerNames() {
    return layerNames;
  }

  /** All files and directories as a container sees them: upper layers over lower ones. */
  Map<String, Entry> contents() {
    Map<String, Entry> contents = new HashMap<>();
    layers.forEach(layer -> layer.forEach(entry -> contents.put(entry.path(), entry)));
    return contents;
  }

  /** Writes the files below a directory. */
  void extract(Path root) throws IOException {
    for (String layer : layerNames) {
      read(layer, (entry, in) -> extract(root, entry, in));
    }
  }

  private static void extract(Path root, TarArchiveEntry entry, InputStream in) throws IOException {
    Path path = root.resolve(entry.getName()).normalize();
    if (!path.startsWith(root)) {
      throw new IOException("the image has a file outside of its root: " + entry.getName());
    }
    if (entry.isFile()) {
      Files.createDirectories(path.getParent());
      Files.copy(in, path, StandardCopyOption.REPLACE_EXISTING);
      if ((entry.getMode() & EXECUTABLE) != 0) {
        Set<PosixFilePermission> permissions = EnumSet.allOf(PosixFilePermission.class);
        permissions.remove(PosixFilePermission.OTHERS_WRITE);
        Files.setPosixFilePermissions(path, permissions);
      }
    }
  }
}
