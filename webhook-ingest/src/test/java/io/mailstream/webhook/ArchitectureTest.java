package io.mailstream.webhook;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final String ROOT = "io.mailstream.webhook";
  private static final String SES = ROOT + ".provider.ses";
  private static final String ANY_PROVIDER = ROOT + ".provider.*";
  private static final JavaClasses CLASSES = production();

  @Test
  void onlyTheSesPackageKnowsAws() {
    noClasses()
        .that()
        .resideOutsideOfPackage(SES)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("software.amazon..")
        .check(CLASSES);
  }

  @Test
  void nobodyKnowsOpenTelemetry() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.opentelemetry..")
        .check(CLASSES);
  }

  @Test
  void providersKnowNeitherKafkaNorTheServer() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".provider..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..", "io.helidon..", ROOT)
        .check(CLASSES);
  }

  @Test
  void onlyTheCompositionRootChoosesProviders() {
    noClasses()
        .that()
        .resideInAPackage(ROOT)
        .and()
        .haveSimpleNameNotContaining("WebhookIngestApp")
        .and()
        .haveSimpleNameNotContaining("WebhookConfig")
        .and()
        .haveSimpleNameNotContaining("ProviderConfig")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ANY_PROVIDER)
        .check(CLASSES);
  }

  @Test
  void providersDoNotKnowEachOther() {
    SlicesRuleDefinition.slices()
        .matching(ROOT + ".provider.(*)")
        .should()
        .notDependOnEachOther()
        .check(CLASSES);
  }

  @Test
  void bouncesAreJudgedByThemselves() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".bounce")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            ROOT, ROOT + ".provider..", "org.apache.kafka..", "io.helidon..", "com.fasterxml..")
        .check(CLASSES);
  }

  /** What was compiled together with the app: not the tests. */
  private static JavaClasses production() {
    try {
      Path root =
          Path.of(
              WebhookIngestApp.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      JavaClasses classes = new ClassFileImporter().importPath(root);
      assertThat(classes).isNotEmpty();
      return classes;
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
