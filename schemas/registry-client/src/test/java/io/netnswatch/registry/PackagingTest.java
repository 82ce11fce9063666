package io.netnswatch.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PackagingTest {

  @Test
  void licenceAndNoticeComeAlong() throws Exception {
    assertThat(content().resolve("META-INF/LICENSE"))
        .content()
        .contains("Apache License", "Version 2.0, January 2004", "END OF TERMS AND CONDITIONS");
    assertThat(content().resolve("META-INF/NOTICE"))
        .content()
        .contains("Apache Software Foundation");
  }

  @Test
  void nothingBelowConfluentIsUnrelocated() throws Exception {
    try (Stream<Path> files = Files.walk(content())) {
      Stream<String> classes =
          files
              .map(file -> content().relativize(file).toString())
              .filter(file -> file.endsWith(".class"));

      assertThat(classes)
          .isNotEmpty()
          .allMatch(
              file ->
                  file.startsWith("io/confluent/") || file.startsWith("org/apache/pinot/shaded/"));
    }
  }

  @Test
  void confluentClassesAreNowhereElseOnTheClassPath() throws Exception {
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (Files.exists(path) && !path.equals(content())) {
        assertThat(confluentEntries(path)).as(entry).isEmpty();
      }
    }
  }

  private static List<String> confluentEntries(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return Files.exists(path.resolve("io/confluent")) ? List.of("io/confluent") : List.of();
    }
    try (JarFile jar = new JarFile(path.toFile())) {
      return jar.stream()
          .map(e -> e.getName())
          .filter(name -> name.startsWith("io/confluent/"))
          .toList();
    }
  }

  /** What this module's jar holds, before it is packed. */
  private static Path content() {
    try {
      return Path.of(
          KafkaAvroSerializer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
