package io.mailstream.app;

import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.config.ServiceConfig;
import io.mailstream.runtime.tracing.TracingConfig;
import io.mailstream.schemas.RecipientHash;
import io.mailstream.sender.SenderConfig;
import io.mailstream.sender.UnsubscribeSettings;
import io.mailstream.streams.query.QuerySettings;
import io.mailstream.streams.topology.TopologySettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;

/** The configuration of a streams app, whichever roles it has. */
public final class StreamsAppConfig extends ServiceConfig {

  /** What the process is. */
  public static final String ROLE = "role";

  /** Where the policies are. */
  public static final String POLICIES_FILE = "policies.file";

  static final String TOPOLOGY = "topology";
  static final String SENDER = "sender";
  private static final String ALL = "all";
  private static final Pattern HOST_AND_PORT = Pattern.compile("[^\\s/]+:\\d{1,5}");

  /**
   * Validates everything and takes it over.
   *
   * @throws io.mailstream.runtime.config.ConfigFaults with every fault of it
   */
  public StreamsAppConfig(Map<String, String> values) {
    super(definition(), values, passThrough(), StreamsAppConfig::relations);
  }

  /** Every setting there is, for the reference. */
  public static ConfigDef definition() {
    ConfigDef def =
        CommonConfig.add(new ConfigDef())
            .define(
                ROLE,
                Type.STRING,
                ALL,
                ValidString.in(TOPOLOGY, SENDER, ALL),
                Importance.HIGH,
                "What this process is: the topology with the query API, the sender, or both.")
            .define(
                POLICIES_FILE,
                Type.STRING,
                ConfigDef.NO_DEFAULT_VALUE,
                new NonEmptyString(),
                Importance.HIGH,
                "The YAML file with the policies: accounts, tenants, streams, limits. The same for"
                    + " every process of an installation.");
    return UnsubscribeSettings.define(
        SenderConfig.define(
            QuerySettings.define(TopologySettings.define(TracingConfig.define(def)))));
  }

  /** The prefixes that are passed through, with their locked keys and why. */
  public static Map<String, Map<String, String>> passThrough() {
    Map<String, Map<String, String>> prefixes = new TreeMap<>(CommonConfig.passThrough());
    prefixes.putAll(TopologySettings.passThrough());
    prefixes.putAll(SenderConfig.passThrough());
    return prefixes;
  }

  /** A sender alone has no API to guard; where others reach this instance must be an address. */
  private static List<String> relations(Map<String, String> values) {
    List<String> faults = new ArrayList<>();
    if (!SENDER.equals(values.get(ROLE))) {
      faults.addAll(CommonConfig.apiFaults(values));
    }
    String advertised = values.getOrDefault(TopologySettings.ADVERTISED, "");
    if (!advertised.isEmpty() && !HOST_AND_PORT.matcher(advertised).matches()) {
      faults.add(
          "%s = '%s' is not allowed: give host:port, such as 10.0.0.7:8080"
              .formatted(TopologySettings.ADVERTISED, advertised));
    }
    faults.addAll(RecipientHash.faults(values));
    faults.addAll(UnsubscribeSettings.faults(values));
    return faults;
  }

  Set<String> roles() {
    String role = getString(ROLE);
    return role.equals(ALL) ? Set.of(TOPOLOGY, SENDER) : Set.of(role);
  }

  Path policiesFile() {
    return Path.of(getString(POLICIES_FILE));
  }
}
