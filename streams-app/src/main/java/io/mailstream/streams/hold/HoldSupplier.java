package io.mailstream.streams.hold;

import io.mailstream.policy.Policies;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.streams.reputation.StreamReports;
import io.mailstream.streams.throttle.AccountRates;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * The last step: a delivery that no limit holds back goes to the sender at once, every other one
 * waits in the hold queue. Deferrals come back here, and evidence settles what is uncertain.
 */
public final class HoldSupplier
    implements ProcessorSupplier<String, SpecificRecord, String, SpecificRecord> {

  private final Settings settings;
  private final HoldMetrics metrics;
  private final Set<StoreBuilder<?>> stores;

  /** A supplier of this step. */
  public HoldSupplier(Settings settings) {
    this.settings = settings;
    this.metrics = new HoldMetrics(settings.metrics());
    Set<StoreBuilder<?>> all = new LinkedHashSet<>(settings.releaseCheck().stores());
    all.add(HoldStores.held());
    all.add(HoldStores.state());
    this.stores = Collections.unmodifiableSet(all);
  }

  /**
   * What the step needs to know.
   *
   * @param transactionalDispatch the child that takes deliveries of the transactional lane
   * @param bulkDispatch the child that takes deliveries of the bulk lane
   * @param results the child that takes results
   * @param policies limits, retries and evidence windows
   * @param rates how fast the accounts take mail
   * @param releaseCheck what is decided again at release
   * @param partitions the partition count that limits are split over, at least 1
   * @param metrics where the step's metrics go
   * @param jitterSeed seed of the jitter of retries; the same seed gives the same waits
   * @param reports what is known of the streams beyond this partition
   * @param streamActivity the child that takes what this partition says of the streams
   * @param tracing makes a span of the time that a mail was held
   */
  public record Settings(
      String transactionalDispatch,
      String bulkDispatch,
      String results,
      Policies policies,
      AccountRates rates,
      ReleaseCheck.Factory releaseCheck,
      int partitions,
      MeterRegistry metrics,
      long jitterSeed,
      StreamReports reports,
      String streamActivity,
      Tracing tracing) {}

  @Override
  public Processor<String, SpecificRecord, String, SpecificRecord> get() {
    return new HoldProcessor(settings, metrics);
  }

  @Override
  public Set<StoreBuilder<?>> stores() {
    return stores;
  }
}
