package io.mailstream.webhook;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final String ROOT = "io.mailstream.webhook";
  private static final String SES = ROOT + ".provider.ses";
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
        .should()
        .dependOnClassesThat()
        .resideInAPackage(SES)
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
