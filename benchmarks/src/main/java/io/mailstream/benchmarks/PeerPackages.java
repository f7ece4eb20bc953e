package io.mailstream.benchmarks;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the BullMQ peer is made of: Redis of Debian, Node and the packages of npm that {@code
 * package-lock.json} names, and its scripts. Installed once, beside the classes of this module.
 */
public final class PeerPackages {

  private static final String REDIS = "redis-server";

  /** The command of Node. */
  public static final String NODE = "node";

  private static final String NPM = "npm";

  /** The Debian package of each command. */
  private static final Map<String, String> PACKAGES =
      new TreeMap<>(Map.of(REDIS, "redis-server", NODE, "nodejs", NPM, "npm"));

  private static final String LOCK = "package-lock.json";
  private static final List<String> FILES =
      List.of("package.json", LOCK, "feed.mjs", "fill.mjs", "worker.mjs");

  private PeerPackages() {}

  /**
   * The command that starts Redis on 127.0.0.1, with an append-only file synced every second and no
   * snapshots.
   *
   * @param data where its data is
   */
  public static List<String> redis(String port, Path data) {
    return List.of(
        REDIS,
        "--port",
        port,
        "--bind",
        "127.0.0.1",
        "--dir",
        data.toString(),
        "--appendonly",
        "yes",
        "--appendfsync",
        "everysec",
        "--save",
        "",
        "--maxmemory-policy",
        "noeviction");
  }

  /** Something cannot be had on this machine. */
  public static final class Missing extends IOException {
    private static final long serialVersionUID = 1L;

    Missing(String message) {
      super(message);
    }
  }

  /** Whether nothing is left to be installed. */
  static boolean areInstalled() throws IOException {
    return missing().isEmpty() && hasModules();
  }

  /**
   * Installs what is missing.
   *
   * @return the directory of the scripts
   * @throws Missing if it cannot be had; the message says what is to be done
   */
  public static Path install(PrintWriter out) throws IOException, InterruptedException {
    List<String> missing = missing();
    if (!missing.isEmpty()) {
      List<String> packages = missing.stream().map(PACKAGES::get).toList();
      out.printf("Installing %s%n", String.join(", ", packages));
      out.flush();
      String remedy = "install these commands and start again: " + String.join(", ", missing);
      run(List.of("apt-get", "update"), directory(), remedy);
      List<String> command =
          new ArrayList<>(List.of("apt-get", "install", "-y", "--no-install-recommends"));
      command.addAll(packages);
      run(command, directory(), remedy);
    }
    if (!hasModules()) {
      out.println("Installing BullMQ and the AWS SDK for JavaScript");
      out.flush();
      // Not "ci", which refuses a lock file without the packages of other platforms. No package
      // needs a script of its own.
      run(
          List.of(NPM, "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"),
          directory(),
          "Node 20 or newer and the npm registry are needed");
    }
    for (String file : FILES) {
      copy(file);
    }
    return directory();
  }

  private static List<String> missing() {
    return PACKAGES.keySet().stream().filter(command -> !isOnPath(command)).toList();
  }

  private static boolean isOnPath(String command) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
  }

  /** Whether npm has installed what the lock file names now. */
  private static boolean hasModules() throws IOException {
    copy("package.json");
    Path done = directory().resolve("node_modules/.package-lock.json");
    Path lock = directory().resolve(LOCK);
    boolean same = Files.exists(lock) && Arrays.equals(Files.readAllBytes(lock), resource(LOCK));
    copy(LOCK);
    return same && Files.exists(done);
  }

  private static void copy(String file) throws IOException {
    Files.write(directory().resolve(file), resource(file));
  }

  private static byte[] resource(String file) throws IOException {
    try (InputStream in = PeerPackages.class.getResourceAsStream("peer/" + file)) {
      return in.readAllBytes();
    }
  }

  private static Path directory() throws IOException {
    try {
      Path classes =
          Path.of(PeerPackages.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return Files.createDirectories(classes.resolveSibling("peer"));
    } catch (URISyntaxException e) {
      throw new IOException("where the classes of the benchmarks lie is not a path", e);
    }
  }

  private static void run(List<String> command, Path directory, String remedy)
      throws IOException, InterruptedException {
    Path log = directory.resolve("install.log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    // Debian would start what it installs; here it is started by us, on a port of our own.
    builder.environment().put("RUNLEVEL", "1");
    builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
    int status;
    try {
      status = builder.start().waitFor();
    } catch (IOException e) {
      throw new Missing("%s cannot be run (%s): %s".formatted(command.getFirst(), e, remedy));
    }
    if (status != 0) {
      throw new Missing("%s failed (see %s): %s".formatted(String.join(" ", command), log, remedy));
    }
  }
}
