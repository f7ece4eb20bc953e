package io.mailstream.deployment.acl;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.deployment.kustomize.Kustomization;
import io.mailstream.deployment.kustomize.Manifests;
import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.schemas.TopicSetup;
import io.mailstream.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;

/** A broker that has the topics, the users and the ACLs of strimzi/, and no others. */
final class SecuredBroker implements AutoCloseable {

  static final Topics TOPICS = Topics.withDefaultPrefix();
  static final int PARTITIONS = 2;

  private static final String JAAS =
      "org.apache.kafka.common.security.scram.ScramLoginModule required"
          + " username=\"%s\" password=\"%s\";";

  private final EmbeddedKafka kafka =
      EmbeddedKafka.start(EmbeddedKafka.Options.defaults().authorizer(RecordingAuthorizer.class));
  private final List<AclBinding> acls;

  SecuredBroker() throws Exception {
    List<JsonNode> users =
        Kustomization.build(Manifests.projectRoot().resolve("strimzi/overlays/dev"))
            .objects("KafkaUser");
    acls = users.stream().flatMap(user -> KafkaUserAcls.of(user).stream()).toList();
    try (Admin admin = admin()) {
      TopicSetup.createMissing(admin, TOPICS, PARTITIONS, (short) 1);
      Topics.TopicSpec nonces = TOPICS.webhookNonces();
      admin
          .createTopics(
              List.of(new NewTopic(nonces.name(), PARTITIONS, (short) 1).configs(nonces.config())))
          .all()
          .get();
      admin
          .alterUserScramCredentials(
              users.stream()
                  .map(user -> user.at("/metadata/name").textValue())
                  .map(name ->
                      new UserScramCredentialUpsertion(
                          name,
                          new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096),
                          password(name)))
                  .map(UserScramCredentialAlteration.class::cast)
                  .toList())
          .all()
          .get();
      admin.createAcls(acls).all().get();
      // The controller answers before the broker has heard of it.
      Await.that(
          "the broker knows the users and the ACLs",
          Duration.ofSeconds(30),
          () ->
              admin.describeUserScramCredentials().users().get().size() == users.size()
                  && admin.describeAcls(AclBindingFilter.ANY).values().get().size() == acls.size());
    }
  }

  private static String password(String user) {
    return "secret-of-" + user;
  }

  /** What a Kafka client needs to log in as a user. */
  Map<String, String> client(String user) {
    return client(user, password(user));
  }

  /** What a Kafka client needs to try to log in. */
  Map<String, String> client(String user, String password) {
    return new HashMap<>(
        Map.of(
            "bootstrap.servers",
            kafka.saslBootstrapServers(),
            "security.protocol",
            "SASL_PLAINTEXT",
            "sasl.mechanism",
            "SCRAM-SHA-512",
            "sasl.jaas.config",
            JAAS.formatted(user, password)));
  }

  /** One who may do everything. */
  Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
  }

  /** Where one who may do everything connects to. */
  String openBootstrapServers() {
    return kafka.bootstrapServers();
  }

  /** All ACLs of strimzi/. */
  List<AclBinding> acls() {
    return acls;
  }

  @Override
  public void close() {
    kafka.close();
  }
}
