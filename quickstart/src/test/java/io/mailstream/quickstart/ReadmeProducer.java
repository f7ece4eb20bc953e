package io.mailstream.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.v1.SendRequest;
import java.io.File;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;

/** The Java producer of the README, compiled and run as it stands there, on other ports. */
final class ReadmeProducer {

  private static final String CODE_BEGINS = "```java\n";
  private static final String IMPORTS =
      """
      import io.mailstream.schemas.*;
      import io.mailstream.schemas.serde.*;
      import io.mailstream.v1.*;
      import java.util.*;
      import org.apache.kafka.clients.producer.*;
      import org.apache.kafka.common.serialization.*;
      """;

  private ReadmeProducer() {}

  /** Compiles it below a directory and runs it; returns when it has produced. */
  static void run(LocalSystem system, Path directory) throws Exception {
    String readme = Files.readString(Path.of("../README.md"));
    int from = readme.indexOf(CODE_BEGINS) + CODE_BEGINS.length();
    String code =
        readme
            .substring(from, readme.indexOf("```", from))
            .replace("127.0.0.1:9092", system.bootstrapServers())
            .replace("http://127.0.0.1:8081", system.registryUrl());
    assertThat(code).contains(system.bootstrapServers(), system.registryUrl());
    Path source = Files.createDirectories(directory).resolve("Producer.java");
    Files.writeString(
        source,
        "%spublic class Producer { public static void run() throws Exception {%n%s}}%n"
            .formatted(IMPORTS, code));
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-cp",
                classPath(),
                "-d",
                directory.toString(),
                source.toString());
    assertThat(status).as("the README's producer compiles").isZero();
    URL[] compiled = {directory.toUri().toURL()};
    ClassLoader ours = ReadmeProducer.class.getClassLoader();
    try (URLClassLoader loader = new URLClassLoader(compiled, ours)) {
      loader.loadClass("Producer").getMethod("run").invoke(null);
    }
  }

  /** What a project with the README's dependency has. */
  private static String classPath() {
    return Stream.of(SendRequest.class, KafkaProducer.class, SpecificRecord.class)
        .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
        .map(location -> Path.of(URI.create(location.toString())).toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
