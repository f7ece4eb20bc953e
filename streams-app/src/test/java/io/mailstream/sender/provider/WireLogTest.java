package io.mailstream.sender.provider;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import io.mailstream.runtime.logging.Logging;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients log what they send, with the keys in it, at their lower levels: those stay off. */
class WireLogTest {

  private static LoggerContext services() throws JoranException {
    LoggerContext context = new LoggerContext();
    context.putProperty("LOG_LEVEL", "TRACE");
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(Logging.class.getResource("/logback.xml"));
    return context;
  }

  @Test
  void levelOfTheServicesIsTheEnvironments() throws JoranException {
    assertThat(services().getLogger("io.mailstream").getEffectiveLevel()).isEqualTo(Level.TRACE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "org.apache.hc.client5.http.headers",
        "org.apache.hc.client5.http.wire",
        "software.amazon.awssdk.request",
        "org.eclipse.angus.mail.smtp",
        "jakarta.mail"
      })
  void requestsAreNotLoggedAtAnyLevel(String logger) throws JoranException {
    assertThat(services().getLogger(logger).isDebugEnabled()).isFalse();
  }
}
