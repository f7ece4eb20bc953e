package io.mailstream.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.cli.Mailstream;
import io.mailstream.cli.Terminal;
import io.mailstream.runtime.tracing.OtelTracing;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.v1.Lane;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole system end to end: what the demonstration tells is asserted, and the monitor's mail
 * comes through, twice on the same data. The first time with traces, of which one is followed.
 */
class QuickstartIT {

  @TempDir Path data;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final Console console =
      new Console(new PrintStream(written, true, StandardCharsets.UTF_8));

  @Test
  void theDemonstrationComesOutAsToldAlsoOnOldData() throws Exception {
    QuickstartPorts ports = QuickstartPorts.free();
    InMemorySpanExporter spans = InMemorySpanExporter.create();
    Tracing.Factory inMemory =
        (config, service, meters) -> OtelTracing.to(service, 0, SimpleSpanProcessor.create(spans));
    try (MailLogLines log = new MailLogLines();
        LocalSystem system = startedOn(ports, inMemory);
        TracedMail traced = new TracedMail(system, spans)) {
      traced.send();
      assertThat(theDemonstrationOn(system)).as(story()).isTrue();
      assertThat(story())
          .contains(
              "SENT",
              "DELIVERED",
              "DUPLICATE",
              "BOUNCED",
              "COMPLAINED",
              "HARD_BOUNCE",
              "COMPLAINT",
              "[SUPPRESSED]",
              "held");
      assertThat(monitor(system)).as(story()).isTrue();
      assertThat(story())
          .contains("by ses-simulator, provider message id", "s***@simulator.amazonses.com");
      aRequestFromConfluentsSerializerIsSentOn(system);
      theReadmesProducerIsServedBy(system);
      new Unsubscriber(system).endTheNewsletter();
      new ReplayedLetter(system).isSentOnce();
      traced.isOneTrace();
      log.tellOfMailFromAttemptToCallback();
      MetricsAtWork metrics = new MetricsAtWork(system);
      metrics.addUp();
      metrics.areAsDocumented();
    }
    assertThat(ports.taken(Plot.MAIN)).isEmpty();

    try (LocalSystem system = startedOn(ports, Tracing::create)) {
      assertThat(theDemonstrationOn(system)).as(story()).isTrue();
    }
    assertThat(ports.taken(Plot.MAIN)).isEmpty();
  }

  @Test
  void oneAccountFailsAndTheOtherTakesOver() throws Exception {
    QuickstartPorts ports = QuickstartPorts.free();
    try (LocalSystem system = new LocalSystem(ports, Plot.FAILOVER, data, console)) {
      system.start();
      try (Scenario scenario = Plot.FAILOVER.scenario(system, console)) {
        assertThat(scenario.play()).as(story()).isTrue();
      }
      assertThat(story()).contains("100 mails", "by {ses-second=100}", "100 of them are delivered");
    }
    assertThat(ports.taken(Plot.FAILOVER)).isEmpty();
  }

  private LocalSystem startedOn(QuickstartPorts ports, Tracing.Factory tracing)
      throws InterruptedException {
    LocalSystem system = new LocalSystem(ports, Plot.MAIN, data, console, tracing);
    system.start();
    return system;
  }

  private boolean theDemonstrationOn(LocalSystem system) throws InterruptedException {
    try (Demonstration demonstration = new Demonstration(system, console)) {
      return demonstration.play();
    }
  }

  private static void aRequestFromConfluentsSerializerIsSentOn(LocalSystem system)
      throws Exception {
    ForeignClient client = new ForeignClient(system);
    String address = "success+foreign@simulator.amazonses.com";
    client.send(system.topics().requests(Lane.TRANSACTIONAL), "foreign-1", address);

    assertThat(client.status(system.topics().results(), "foreign-1", Duration.ofSeconds(30)))
        .contains("SENT");
    assertThat(system.ses().inbox().mails(mail -> mail.recipients().equals(List.of(address))))
        .hasSize(1);
  }

  private void theReadmesProducerIsServedBy(LocalSystem system) throws Exception {
    ReadmeProducer.run(system, data.resolve("readme"));

    Instant deadline = Instant.now().plusSeconds(30);
    while (mailsFromTheReadme(system) == 0 && Instant.now().isBefore(deadline)) {
      Thread.onSpinWait();
    }
    assertThat(mailsFromTheReadme(system)).isEqualTo(1);
  }

  private static int mailsFromTheReadme(LocalSystem system) {
    return system
        .ses()
        .inbox()
        .mails(mail ->
            mail.raw()
                .filter(
                    raw -> new String(raw, StandardCharsets.UTF_8).contains("Subject: Hello\r\n"))
                .isPresent())
        .size();
  }

  /** {@code mailstream monitor} against the real pipeline and the simulated ESP. */
  private boolean monitor(LocalSystem system) {
    PrintWriter out = new PrintWriter(written, true, StandardCharsets.UTF_8);
    Terminal terminal = new Terminal(InputStream.nullInputStream(), out, out, Map.of(), false);
    int status =
        Mailstream.run(
            terminal,
            "monitor",
            "--config",
            system.clientProperties().toString(),
            "--to",
            "success@simulator.amazonses.com",
            "--tenant",
            "demo",
            "--stream",
            "receipts",
            "--from",
            "monitor@example.com",
            "--within",
            "PT1M");
    return status == 0;
  }

  private String story() {
    return written.toString(StandardCharsets.UTF_8);
  }
}
