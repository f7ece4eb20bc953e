package io.mailstream.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Service;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class StrictYamlTest {

  private static final String SERVICE =
      """
      apiVersion: v1
      kind: Service
      metadata:
        name: a
      spec:
        %s:
          app: b
      """;

  @Test
  void takesWhatTheModelHas() {
    Service service =
        StrictYaml.as(
            StrictYaml.documents(SERVICE.formatted("selector")).getFirst(), Service.class);
    assertThat(service.getSpec().getSelector()).containsEntry("app", "b");
  }

  @Test
  void refusesAMisspeltField() {
    assertThatThrownBy(() ->
            StrictYaml.as(
                StrictYaml.documents(SERVICE.formatted("selectr")).getFirst(), Service.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("selectr");
  }

  @Test
  void refusesAMisspeltFieldOfAStrimziResource() {
    String topic = "{kind: KafkaTopic, apiVersion: kafka.strimzi.io/v1, spec: {partitons: 3}}";
    assertThatThrownBy(
            () -> StrictYaml.as(StrictYaml.documents(topic).getFirst(), KafkaTopic.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("partitons");
  }

  @Test
  void refusesAKeyThatComesTwice() {
    assertThatThrownBy(() -> StrictYaml.documents("a: 1\na: 2\n"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("Duplicate");
  }

  @Test
  void readsManyDocumentsAndSkipsEmptyOnes() {
    assertThat(StrictYaml.documents("---\na: 1\n---\n# nothing\n---\nb: 2\n")).hasSize(2);
  }
}
