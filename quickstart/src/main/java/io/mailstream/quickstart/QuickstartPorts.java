package io.mailstream.quickstart;

import io.mailstream.embedded.Ports;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The ports of quickstart on 127.0.0.1.
 *
 * @param kafka the broker
 * @param registry the schema registry
 * @param api the query API
 * @param webhooks the webhook ingester
 * @param ses the SES simulator
 * @param secondSes another one, for the failover scenario
 * @param prometheus a Prometheus, for the storm
 */
record QuickstartPorts(
    int kafka, int registry, int api, int webhooks, int ses, int secondSes, int prometheus) {

  static final int MAX_OFFSET = 65535 - 9092;

  /** The default ports, each moved by the same number. */
  static QuickstartPorts withOffset(int offset) {
    return new QuickstartPorts(
        9092 + offset,
        8081 + offset,
        8080 + offset,
        8090 + offset,
        8099 + offset,
        8098 + offset,
        9090 + offset);
  }

  /** Free ports, for tests. */
  static QuickstartPorts free() {
    return new QuickstartPorts(
        Ports.free(),
        Ports.free(),
        Ports.free(),
        Ports.free(),
        Ports.free(),
        Ports.free(),
        Ports.free());
  }

  /** The ports that something listens on, by what was to listen there. */
  Map<String, Integer> taken(Plot plot) {
    Map<String, Integer> all = new LinkedHashMap<>();
    all.put("Kafka", kafka);
    all.put("the schema registry", registry);
    all.put("the query API", api);
    all.put("the webhook ingester", webhooks);
    all.put("the SES simulator", ses);
    if (plot.accounts().size() > 1) {
      all.put("the second SES simulator", secondSes);
    }
    if (plot == Plot.STORM) {
      all.put("Prometheus", prometheus);
    }
    all.values().removeIf(Ports::isFree);
    return all;
  }
}
