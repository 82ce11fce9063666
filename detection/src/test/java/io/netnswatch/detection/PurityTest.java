package io.netnswatch.detection;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;

/**
 * Decisions know no Kafka, do no I/O and read no clock; only a user's signatures and causes are
 * files.
 */
@AnalyzeClasses(
    packages = "io.netnswatch.detection",
    importOptions = ImportOption.DoNotIncludeTests.class)
class PurityTest {

  @ArchTest
  static final ArchRule NO_KAFKA =
      noClasses().should().dependOnClassesThat().resideInAnyPackage("org.apache.kafka..");

  @ArchTest
  static final ArchRule NO_FILES_OR_NETWORK =
      noClasses()
          .that()
          .doNotHaveSimpleName("SignatureFiles")
          .and()
          .doNotHaveSimpleName("CauseFiles")
          .and()
          .doNotHaveSimpleName("RuleFile")
          .and()
          .doNotHaveSimpleName("Runbooks")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.nio.file..", "java.net..", "java.util.concurrent..");

  @ArchTest
  static final ArchRule NO_CLOCK =
      noClasses()
          .should()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(Instant.class, "now")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(java.time.Clock.class);
}
