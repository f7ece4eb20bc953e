package io.mailstream.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.app.StreamsAppConfig;
import io.mailstream.runtime.config.ConfigReference;
import io.mailstream.webhook.WebhookConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * docs/configuration.md says what the code says. {@code -Dmailstream.docs.write=true} writes it
 * anew.
 */
class ConfigurationReferenceTest {

  private static final Path PAGE = Path.of("../docs/configuration.md");

  @Test
  void theReferenceIsThatOfTheCode() throws IOException {
    String reference =
        ConfigReference.markdown(
                "The streams app", StreamsAppConfig.definition(), StreamsAppConfig.passThrough())
            + "\n"
            + ConfigReference.markdown(
                "The webhook ingester",
                WebhookConfig.definition(),
                WebhookConfig.passThroughPrefixes());
    if (Boolean.getBoolean("mailstream.docs.write")) {
      Files.writeString(PAGE, reference);
    }

    assertThat(Files.readString(PAGE)).isEqualTo(reference);
  }
}
