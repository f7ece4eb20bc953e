package io.mailstream;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceRule;
import io.mailstream.app.StreamsApp;
import java.util.Set;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.query.StateQueryRequest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The boundaries inside the streams app. */
class ArchitectureTest {

  /** Decisions: they take the time as an argument and know neither Kafka nor an ESP. */
  private static final Set<String> PURE =
      Set.of(
          "RequestValidator",
          "AddressRules",
          "HeaderRules",
          "ContentRules",
          "TextRules",
          "DeliverySize",
          "FanOut",
          "Deliveries",
          "Buckets",
          "ClockGuard",
          "Router",
          "SuppressionDecision",
          "SuppressionUpdate",
          "SuppressionDraft",
          "BounceMeaning",
          "TokenBucket",
          "DeferralDecision",
          "Backoff",
          "LaneClass");

  private static final String STREAMS = "io.mailstream.streams.";
  private static final String[] STEPS = {
    STREAMS + "validate..",
    STREAMS + "deduplicate..",
    STREAMS + "suppress..",
    STREAMS + "route..",
    STREAMS + "throttle..",
    STREAMS + "hold.."
  };

  private static JavaClasses production;

  @BeforeAll
  static void read() {
    production =
        new ClassFileImporter()
            .importUrl(StreamsApp.class.getProtectionDomain().getCodeSource().getLocation());
  }

  /** It takes the locks of a store in another order than a task that writes: KAFKA-19629. */
  @Test
  void storesAreNotAskedByKafkaStreamsQuery() {
    noClasses()
        .should()
        .callMethod(KafkaStreams.class, "query", StateQueryRequest.class)
        .check(production);
  }

  @Test
  void stepsDoNotKnowEachOther() {
    SliceRule rule =
        slices()
            .matching(STREAMS + "(validate|deduplicate|suppress|route|hold)..")
            .should()
            .notDependOnEachOther();
    rule.check(production);
  }

  @Test
  void onlyTheTopologyAndQueriesKnowSteps() {
    classes()
        .that(resideInAnyPackage(STEPS))
        .should()
        .onlyHaveDependentClassesThat(
            resideInAnyPackage(STEPS)
                .or(resideInAPackage(STREAMS + "topology.."))
                .or(resideInAPackage(STREAMS + "query.."))
                // The last gate before the ESP asks the same question of the same records.
                .or(resideInAPackage("io.mailstream.sender..")))
        .check(production);
  }

  @Test
  void theSenderKnowsOnlyTheSuppressionDecision() {
    noClasses()
        .that()
        .resideInAPackage("io.mailstream.sender..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.mailstream.streams..")
                .and(not(resideInAPackage(STREAMS + "result..")))
                .and(not(named("SuppressionDecision"))))
        .check(production);
  }

  @Test
  void decisionsKnowNeitherKafkaNorAnEsp() {
    noClasses()
        .that(
            DescribedPredicate.describe(
                "are decisions",
                (JavaClass type) ->
                    PURE.contains(type.getSimpleName())
                        || PURE.contains(outermost(type).getSimpleName())))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("org.apache.kafka..", "software.amazon..", "io.helidon.."))
        .check(production);
  }

  @Test
  void policiesKnowNobody() {
    noClasses()
        .that()
        .resideInAPackage("io.mailstream.policy..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "io.mailstream.streams..",
                "io.mailstream.sender..",
                "io.mailstream.app..",
                "org.apache.kafka..",
                "software.amazon.."))
        .check(production);
  }

  @Test
  void onlyWhatTalksToAwsKnowsItsSdk() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.mailstream.sender.provider.ses..", "io.mailstream.sender.content.s3..")
        .should()
        .dependOnClassesThat(resideInAPackage("software.amazon.."))
        .check(production);
  }

  /** Beside the runtime's package of traces, whose classes are not among these. */
  @Test
  void nobodyKnowsOpenTelemetry() {
    noClasses()
        .should()
        .dependOnClassesThat(resideInAPackage("io.opentelemetry.."))
        .check(production);
  }

  @Test
  void onlyTheSmtpPackageKnowsJakartaMail() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.mailstream.sender.provider.smtp..")
        .should()
        .dependOnClassesThat(resideInAnyPackage("jakarta.mail..", "org.eclipse.angus.."))
        .check(production);
  }

  @Test
  void onlyTheCheckOfRecipientsAsksTheDns() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.mailstream.sender.recipient..")
        .should()
        .dependOnClassesThat(resideInAPackage("io.mailstream.dns.."))
        .check(production);
    noClasses().should().dependOnClassesThat(resideInAPackage("org.xbill..")).check(production);
  }

  @Test
  void onlyTheHttpPackageKnowsTheHttpClient() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.mailstream.sender.provider.http..")
        .should()
        .dependOnClassesThat(resideInAPackage("org.apache.hc.."))
        .check(production);
  }

  @Test
  void espsDoNotKnowEachOther() {
    slices()
        .matching("io.mailstream.sender.provider.(ses|sendgrid|mailgun|postmark|mandrill|smtp)..")
        .should()
        .notDependOnEachOther()
        .check(production);
  }

  @Test
  void whatEspsShareKnowsNoEsp() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.mailstream.sender.provider.common..",
            "io.mailstream.sender.provider.http..",
            "io.mailstream.sender.mime..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.mailstream.sender.provider.*..")
                .and(
                    not(
                        resideInAnyPackage(
                            "io.mailstream.sender.provider.common..",
                            "io.mailstream.sender.provider.http.."))))
        .check(production);
  }

  @Test
  void theTopologyDoesNotKnowTheSender() {
    noClasses()
        .that()
        .resideInAPackage("io.mailstream.streams..")
        .should()
        .dependOnClassesThat(resideInAnyPackage("io.mailstream.sender..", "io.mailstream.app.."))
        .check(production);
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
  }

  private static DescribedPredicate<JavaClass> not(DescribedPredicate<JavaClass> predicate) {
    return DescribedPredicate.not(predicate);
  }

  private static DescribedPredicate<JavaClass> named(String simpleName) {
    return DescribedPredicate.describe(
        "named " + simpleName, type -> type.getSimpleName().equals(simpleName));
  }
}
