package io.mailstream.deployment.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values that the schema refuses, each with a message that names the key. */
class ValuesSchemaTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          topolgy: {replicas: 3}                                          | topolgy
          topology: {replica: 3}                                          | replica
          topology: {replicas: 0}                                         | topology
          topology: {replicas: "3"}                                       | replicas
          topology: {standbys: 5}                                         | standbys
          topology: {threads: 0}                                          | threads
          topology: {sessionTimeoutSeconds: 5}                            | sessionTimeoutSeconds
          topology: {applicationId: "a b"}                                | applicationId
          topology: {persistence: {size: large}}                          | size
          topology: {persistence: {size: 1Gi, whenDeleted: Keep}}         | whenDeleted
          topology: {resources: {limits: {memory: 1 GB}}}                 | memory
          topology: {config: {kafka.sasl.jaas.config: secret}}            | kafka.sasl.jaas.config
          topology: {config: {api.tokens: secret}}                        | api.tokens
          topology: {config: {suppression.hash.keys: "k1:abc"}}           | suppression.hash.keys
          sender: {config: {suppression.hash.keys: "k1:abc"}}             | suppression.hash.keys
          topology: {config: {schema.registry.basic.auth.user.info: a}}   | user.info
          topology: {secrets: {api.tokens: secret}}                       | api.tokens
          topology: {secrets: {api.tokens: {name: a, value: secret}}}     | value
          topology: {secrets: {kafka.a: {key: a}}}                        | name
          topology: {secrets: {api.tokens: {name: a, source: env}}}       | source
          topology: {podDisruptionBudget: {maxUnavailable: 0}}            | maxUnavailable
          topology: {podDisruptionBudget: {maxUnavailable: 1, minAvailable: 1}} | podDisruptionBudget
          topology: {serviceAccount: {annotation: {}}}                    | annotation
          sender: {autoscaling: {kind: vpa}}                              | kind
          sender: {autoscaling: {kind: keda, keda: {lag: 4}}}             | lag
          sender: {openSends: 5000}                                       | openSends
          sender: {handoverTimeoutSeconds: 61}                            | handoverTimeoutSeconds
          sender: {terminationGracePeriodSeconds: 10}                     | terminationGracePeriodSeconds
          sender: {config: {accounts.ses.secret.access.key: abc}}         | accounts.ses.secret.access.key
          sender: {config: {accounts.mailgun.api.key: abc}}               | accounts.mailgun.api.key
          sender: {config: {accounts.postmark.server.token: abc}}         | accounts.postmark.server.token
          sender: {config: {accounts.relay.password: abc}}                | accounts.relay.password
          webhookIngest: {snsTopicArns: ["arn:aws:sqs:a:1:b"]}            | snsTopicArns
          webhookIngest: {config: {mailgun.signing.keys: abc}}            | mailgun.signing.keys
          webhookIngest: {config: {postmark.basic.auth: "a:b"}}           | postmark.basic.auth
          webhookIngest: {config: {postmark.secrets: abc}}                | postmark.secrets
          webhookIngest: {config: {mandrill.webhook.keys: abc}}           | mandrill.webhook.keys
          webhookIngest: {autoscaling: {kind: keda}}                      | kind
          webhookIngest: {gateway: {enabled: true, parentRefs: [{}]}}     | parentRefs
          kafka: {bootstrapServers: [broker]}                             | bootstrapServers
          kafka: {bootstrapServers: []}                                   | bootstrapServers
          kafka: {protocol: TLS}                                          | protocol
          kafka: {config: {ssl.keystore.password: abc}}                   | ssl.keystore.password
          schemaRegistry: {url: "registry:8081"}                          | url
          policies: {content: {accounts: {a: {settings: {}}}}}            | provider
          policies: {content: {accounts: {a: {provider: ses, settings: {secret_key: a}}}}} | secret_key
          policies: {content: {accounts: {a: {provider: x, settings: {api_key: a}}}}} | api_key
          policies: {content: {account: {}}}                              | account
          secrets: {source: file}                                         | source
          secrets: {csi: {provider: gcp}}                                 | provider
          secrets: {external: {store: {kind: Store}}}                     | kind
          networkPolicy: {kafka: {to: []}}                                | kafka
          networkPolicy: {esp: {extraPorts: [0]}}                         | extraPorts
          networkPolicy: {webhook: {from: [{namespace: a}]}}              | from
          topologySpread: {zone: Always}                                  | zone
          logAddresses: plain                                             | logAddresses
          tracing: {otlpEndpoint: "collector:4318"}                       | otlpEndpoint
          tracing: {sampleRatio: "1.5"}                                   | sampleRatio
          sender: {config: {tracing.otlp.headers: abc}}                   | tracing.otlp.headers
          image: {pullPolicy: Sometimes}                                  | pullPolicy
          image: {registry: "https://registry.example.com"}               | registry
          monitor: {within: 5m}                                           | within
          monitor: {schedule: every hour}                                 | schedule
          digest: {requests: [text]}                                      | requests
          smartHost: {tlsSecurityLevel: none}                             | tlsSecurityLevel
          smartHost: {allowedNetworks: []}                                | allowedNetworks
          podMonitor: {interval: 30}                                      | interval
          """)
  void refuses(String values, String key) {
    assertThatThrownBy(() -> Chart.renderYaml(values)).hasMessageContaining(key);
  }

  /** Every object of the schema with named properties refuses others. */
  @Test
  void letsNoUnknownKeyPassAnywhere() throws IOException {
    JsonNode schema =
        new ObjectMapper()
            .readTree(Files.readString(Chart.DIRECTORY.resolve("values.schema.json")));
    List<String> open = new ArrayList<>();
    collectOpen(schema, "", open);
    assertThat(open).isEmpty();
  }

  private static void collectOpen(JsonNode node, String path, List<String> open) {
    if (node.has("properties")
        && node.path("type").asText().equals("object")
        && node.path("additionalProperties").asBoolean(true)) {
      open.add(path);
    }
    node.properties()
        .forEach(field -> collectOpen(field.getValue(), path + "/" + field.getKey(), open));
    if (node.isArray()) {
      node.forEach(element -> collectOpen(element, path + "/-", open));
    }
  }
}
