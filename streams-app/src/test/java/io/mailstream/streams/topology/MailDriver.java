package io.mailstream.streams.topology;

import io.mailstream.policy.Policies;
import io.mailstream.policy.PolicyLoader;
import io.mailstream.schemas.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import org.apache.kafka.streams.Topology;

final class MailDriver {
  static final String POLICIES =
      """
      accounts:
        ses: {provider: ses}
      tenants:
        acme:
          from_domains: [acme.example]
          other_streams: {}
      """;

  static Topology topology(int partitions) {
    Policies policies = PolicyLoader.load(POLICIES);
    return MailTopology.build(
        new MailTopology.Settings(
            Topics.withDefaultPrefix(),
            partitions,
            policies,
            MemoryAvro.serde(),
            new SimpleMeterRegistry(),
            InstantSource.system(),
            1));
  }
}
