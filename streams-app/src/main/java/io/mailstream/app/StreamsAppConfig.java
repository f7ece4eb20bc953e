package io.mailstream.app;

import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.config.ServiceConfig;
import io.mailstream.streams.topology.TopologySettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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

  /**
   * Validates everything and takes it over.
   *
   * @throws io.mailstream.runtime.config.ConfigFaults with every fault of it
   */
  public StreamsAppConfig(Map<String, String> values) {
    super(definition(), values, prefixes(), CommonConfig::apiFaults);
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
    return TopologySettings.define(def);
  }

  private static Map<String, Map<String, String>> prefixes() {
    Map<String, Map<String, String>> prefixes = new TreeMap<>(CommonConfig.passThrough());
    prefixes.putAll(TopologySettings.passThrough());
    return prefixes;
  }

  Set<String> roles() {
    String role = getString(ROLE);
    return role.equals(ALL) ? Set.of(TOPOLOGY, SENDER) : Set.of(role);
  }

  Path policiesFile() {
    return Path.of(getString(POLICIES_FILE));
  }
}
