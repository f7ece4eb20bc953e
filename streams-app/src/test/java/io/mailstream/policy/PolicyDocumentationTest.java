package io.mailstream.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The example that the documentation shows is a file that loads. */
class PolicyDocumentationTest {

  @Test
  void theDocumentedExampleLoads() throws IOException {
    String page = Files.readString(Path.of("../docs/policies.md"));
    int start = page.indexOf("```yaml\n") + "```yaml\n".length();
    String example = page.substring(start, page.indexOf("```", start));

    Policies policies = PolicyLoader.load(example);

    assertThat(policies.accounts()).containsOnlyKeys("ses-main");
    assertThat(policies.tenant("shop")).isPresent();
    assertThat(policies.tenant("another")).isEmpty();
    assertThat(policies.suppression().standard().espList().expiresAfter())
        .contains(Duration.ofDays(30));
    assertThat(policies.maxMessageBytes()).isEqualTo(8 * 1024 * 1024);
  }
}
