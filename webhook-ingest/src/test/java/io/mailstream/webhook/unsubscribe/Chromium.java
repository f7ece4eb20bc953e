package io.mailstream.webhook.unsubscribe;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** The browser without a window, as it is called from a command line. */
final class Chromium {

  private static final long DEADLINE_S = 60;

  private final Path program;
  private final Path directory;

  private Chromium(Path program, Path directory) {
    this.program = program;
    this.directory = directory;
  }

  /**
   * The browser of this machine.
   *
   * @param directory for its profiles and its pictures
   * @return empty: there is none on the PATH
   */
  static Optional<Chromium> find(Path directory) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(name ->
            Arrays.stream(path.split(File.pathSeparator)).map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst()
        .map(program -> new Chromium(program, directory));
  }

  /** The document as it stands when it is loaded. */
  String dom(String url) throws IOException, InterruptedException {
    return run("dom", "--dump-dom", url);
  }

  /** What is seen of a page in a window of this size, in CSS pixels. */
  BufferedImage screenshot(String url, int width, int height)
      throws IOException, InterruptedException {
    Path picture = directory.resolve("page-%d.png".formatted(width));
    run(
        "window-" + width,
        "--screenshot=" + picture,
        "--window-size=%d,%d".formatted(width, height),
        url);
    BufferedImage image = ImageIO.read(picture.toFile());
    assertThat(image.getWidth()).isEqualTo(width);
    assertThat(image.getHeight()).isEqualTo(height);
    return image;
  }

  private String run(String name, String... arguments) throws IOException, InterruptedException {
    Path output = directory.resolve(name + ".txt");
    List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                "--headless",
                // The user of a container is often root, for whom the sandbox does not start.
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-background-networking",
                "--user-data-dir=" + directory.resolve(name + "-profile")));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    boolean hasEnded = process.waitFor(DEADLINE_S, TimeUnit.SECONDS);
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    assertThat(hasEnded).as("%s ends", program).isTrue();
    return Files.readString(output, StandardCharsets.UTF_8);
  }
}
