package io.netnswatch.oncall;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Decisions do no I/O, start no thread and read no clock. */
class PurityTest {

  private static final JavaClasses DECISIONS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.netnswatch.oncall.alert", "io.netnswatch.oncall.act");

  @Test
  void decisionsKnowNeitherKafkaNorTheNetwork() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "java.net..",
            "java.nio.file..",
            "java.util.concurrent..",
            "com.fasterxml.jackson..",
            "io.netnswatch.oncall.kafka..",
            "io.netnswatch.oncall.targets..",
            "io.netnswatch.oncall.actors..",
            "io.netnswatch.oncall.config..")
        .check(DECISIONS);
  }

  @Test
  void decisionsReadNoClock() {
    noClasses()
        .should()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .check(DECISIONS);
  }
}
