package io.mailstream.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say where the query API is. */
final class ApiOptions {

  @Option(
      names = "--api",
      paramLabel = "URL",
      description = "The query API (default: http://127.0.0.1:8080).")
  private String api;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "The file with the API's bearer token; else MAILSTREAM_API_TOKEN or api.token in"
              + " --config.")
  private Path tokenFile;

  @Option(names = "--config", paramLabel = "FILE", description = "A properties file.")
  private Path config;

  ApiClient client(Terminal terminal) {
    return new ApiClient(
        Settings.load(
            Optional.ofNullable(config),
            terminal.env(),
            api == null ? Map.of() : Map.of(Settings.API_URL, api)),
        Optional.ofNullable(tokenFile));
  }
}
