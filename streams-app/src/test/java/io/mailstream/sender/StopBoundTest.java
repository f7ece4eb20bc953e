package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.app.StreamsAppConfig;
import io.mailstream.policy.Policies;
import io.mailstream.policy.PolicyLoader;
import io.mailstream.runtime.tracing.Tracing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A stop waits as long as calls in flight are to be waited for, and what comes after. */
class StopBoundTest {

  private static final String POLICIES =
      """
      accounts: {ses: {provider: ses, settings: {region: eu-west-1}}}
      tenants: {a: {from_domains: [a.example], other_streams: {}}}
      """;

  @ParameterizedTest
  @CsvSource({"6000, 8700", "25000, 27700"})
  void followsTheHandover(String handoverMillis, long boundMillis) {
    Policies policies = PolicyLoader.load(POLICIES);
    StreamsAppConfig config =
        new StreamsAppConfig(
            Map.of(
                "role", "sender",
                "bootstrap.servers", "127.0.0.1:1",
                "schema.registry.url", "http://127.0.0.1:1",
                "policies.file", "policies.yaml",
                "sender.handover.timeout.ms", handoverMillis));
    try (SenderRole role =
        new SenderRole(config, policies, new SimpleMeterRegistry(), Tracing.OFF)) {
      assertThat(role.stopBound()).isEqualTo(Duration.ofMillis(boundMillis));
    }
  }
}
