package io.mailstream.deployment.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Who reaches whom: the ports follow from the configuration, and nothing else is open. */
class NetworkPoliciesTest {

  private static final Set<Integer> SMTP = Set.of(25, 465, 587, 2525);

  @Test
  void everythingIsRefusedThatNoPolicyAllows() {
    Manifests manifests = Manifests.of(Chart.example("production"));
    JsonNode deny = manifests.get("NetworkPolicy", "mailstream-default-deny");
    assertThat(deny.at("/spec/policyTypes").toString()).isEqualTo("[\"Ingress\",\"Egress\"]");
    assertThat(deny.get("spec").has("ingress") || deny.get("spec").has("egress")).isFalse();
    Map<String, String> selector = Manifests.strings(deny.at("/spec/podSelector/matchLabels"));
    assertThat(manifests.pods())
        .allSatisfy(pod -> assertThat(pod.labels()).containsAllEntriesOf(selector));
    for (JsonNode policy : manifests.ofKind("NetworkPolicy")) {
      policy
          .at("/spec/egress")
          .forEach(rule -> {
            assertThat(rule.get("ports")).as(Manifests.name(policy)).isNotEmpty();
            assertThat(rule.get("to")).as(Manifests.name(policy)).isNotEmpty();
          });
    }
  }

  @Test
  void eachRoleReachesOnlyWhatItIsConfiguredFor() {
    Manifests manifests = Manifests.of(Chart.example("production"));
    assertThat(egress(manifests, "mailstream-topology")).containsExactly(4318, 8080, 9093);
    assertThat(egress(manifests, "mailstream-sender")).containsExactly(443, 4318, 8080, 9093);
    assertThat(egress(manifests, "mailstream-webhook-ingest"))
        .containsExactly(443, 4318, 8080, 9093);
    assertThat(egress(manifests, "mailstream-monitor")).containsExactly(8080, 9093);
    assertThat(egress(manifests, "mailstream-digest")).containsExactly(8080, 9093);
    assertThat(egress(manifests, "mailstream-dns")).containsExactly(53);
  }

  @Test
  void portsFollowFromTheAddresses() {
    Path values = Chart.example("vault");
    Manifests manifests =
        Manifests.of(
            values,
            Map.of(
                "kafka.bootstrapServers[0]", "a.example:19094",
                "schemaRegistry.url", "https://registry.example",
                "policies.content.accounts.ses.settings.endpoint", "https://ses.example:8443"));
    assertThat(egress(manifests, "mailstream-topology")).containsExactly(443, 8080, 19094);
    assertThat(egress(manifests, "mailstream-sender")).containsExactly(443, 8443, 19094);
  }

  @Test
  void theInternetIsNotThePrivateNetwork() {
    JsonNode policy =
        Manifests.of(Chart.example("production")).get("NetworkPolicy", "mailstream-sender");
    JsonNode internet = policy.at("/spec/egress/2/to/0/ipBlock");
    assertThat(internet.get("cidr").asText()).isEqualTo("0.0.0.0/0");
    assertThat(internet.get("except").toString())
        .contains("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16");
  }

  @Test
  void smtpIsOpenOnlyWhereAnAccountNeedsIt() {
    for (Path values : Chart.examples()) {
      boolean smartHost = values.getFileName().toString().equals("smart-host.yaml");
      Manifests manifests = Manifests.of(values);
      for (JsonNode policy : manifests.ofKind("NetworkPolicy")) {
        Set<Integer> smtp = new TreeSet<>(ports(policy.at("/spec/egress")));
        smtp.retainAll(SMTP);
        Set<Integer> expected =
            switch (Manifests.name(policy)) {
              case "mailstream-sender" -> smartHost ? Set.of(2525) : Set.of();
              case "mailstream-smart-host" -> Set.of(25);
              default -> Set.of();
            };
        assertThat(smtp).as("%s of %s", Manifests.name(policy), values).isEqualTo(expected);
      }
    }
    // An account that goes to a relay outside opens the relay's port, and the ESPs' no more.
    Manifests relay =
        Manifests.of(
            Chart.example("smart-host"),
            Map.of(
                "smartHost.enabled", "false",
                "policies.content.accounts.smart-host.settings.host", "relay.example",
                "policies.content.accounts.smart-host.settings.port", 465));
    assertThat(egress(relay, "mailstream-sender")).containsExactly(465, 8080, 9093);
  }

  @Test
  void onlyTheSenderReachesTheSmartHost() {
    Manifests manifests = Manifests.of(Chart.example("smart-host"));
    JsonNode ingress = manifests.get("NetworkPolicy", Manifests.SMART_HOST).at("/spec/ingress");
    assertThat(ingress).hasSize(1);
    assertThat(ports(ingress)).containsExactly(2525);
    assertThat(ingress.at("/0/from")).hasSize(1);
    assertThat(manifests.pod("mailstream-sender").labels())
        .containsAllEntriesOf(Manifests.strings(ingress.at("/0/from/0/podSelector/matchLabels")));
    assertThat(egress(manifests, Manifests.SMART_HOST)).containsExactly(25);
    Manifests relayed =
        Manifests.of(
            Chart.example("smart-host"), Map.of("smartHost.relayHost", "relay.example:587"));
    assertThat(egress(relayed, Manifests.SMART_HOST)).containsExactly(587);
    assertThat(relayed.get("ConfigMap", Manifests.SMART_HOST).at("/data/main.cf").asText())
        .contains("relayhost = [relay.example]:587");
  }

  @Test
  void serversAreReachedOnTheirPortByWhomTheValuesName() {
    Manifests manifests = Manifests.of(Chart.example("production"));
    for (String role : List.of("topology", "sender", "webhook-ingest")) {
      JsonNode policy = manifests.get("NetworkPolicy", "mailstream-" + role);
      int port =
          manifests
              .pod("mailstream-" + role)
              .containers()
              .getFirst()
              .at("/ports/0/containerPort")
              .asInt();
      assertThat(ports(policy.at("/spec/ingress"))).containsExactly(port);
      assertThat(policy.at("/spec/ingress/0/from").toString())
          .contains("\"kubernetes.io/metadata.name\":\"monitoring\"", "\"test\"");
      assertThat(policy.at("/spec/ingress"))
          .allSatisfy(rule -> assertThat(rule.path("from")).as(role).isNotEmpty());
    }
    assertThat(
            manifests.get("NetworkPolicy", "mailstream-topology").at("/spec/ingress/1").toString())
        .contains("\"support\"");
    for (String job : List.of("mailstream-monitor", "mailstream-digest", "mailstream-test")) {
      assertThat(manifests.get("NetworkPolicy", job).get("spec").has("ingress")).isFalse();
    }
  }

  private static Set<Integer> egress(Manifests manifests, String name) {
    return ports(manifests.get("NetworkPolicy", name).at("/spec/egress"));
  }

  private static Set<Integer> ports(JsonNode rules) {
    Set<Integer> ports = new TreeSet<>();
    rules.forEach(rule -> rule.get("ports").forEach(port -> ports.add(port.get("port").asInt())));
    return ports;
  }
}
