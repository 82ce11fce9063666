package io.netnswatch.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapabilitiesTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "000001ffffffffff, true", // root
    "0000000000200000, true", // nothing else
    "ffffffffffdfffff, false", // everything else
    "0000000000000000, false",
    "00000000a80425fb, false" // root of a Docker container
  })
  void readsTheEffectiveMask(String mask, boolean expected) {
    // Given
    String status = "Name:\tjava\nCapPrm:\tffffffffffffffff\nCapEff:\t" + mask + "\nCapBnd:\t0\n";

    // When, Then
    assertThat(Capabilities.has(status, Capabilities.CAP_SYS_ADMIN)).isEqualTo(expected);
  }

  @Test
  void aStatusWithoutMaskIsAnErrorAndNotAMissingCapability() {
    assertThatThrownBy(() -> Capabilities.has("Name:\tjava\n", Capabilities.CAP_SYS_ADMIN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("CapEff");
  }

  @Test
  void readsTheStatusOfThisProcess() throws IOException {
    // Given
    Files.createDirectory(directory.resolve("self"));
    Files.writeString(directory.resolve("self/status"), "CapEff:\t0000000000200000\n");

    // When, Then
    assertThat(Capabilities.effective(directory, Capabilities.CAP_SYS_ADMIN)).isTrue();
    assertThatThrownBy(
            () ->
                Capabilities.effective(
                    directory.resolve("nothing-mounted"), Capabilities.CAP_SYS_ADMIN))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void aProgramGivenByItsPathMustBeExecutable() throws IOException {
    // Given
    Path program = Files.createFile(directory.resolve("ip"));

    // When, Then
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rw-------"));
    assertThat(Capabilities.program(program.toString())).isEmpty();
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    assertThat(Capabilities.program(program.toString())).contains(program);
    assertThat(Capabilities.program(directory.resolve("none").toString())).isEmpty();
  }

  @Test
  void aProgramGivenByItsNameIsLookedUpInPath() {
    assertThat(Capabilities.program("sh"))
        .hasValueSatisfying(
            path -> {
              assertThat(path).isAbsolute().hasFileName("sh");
              assertThat(path).isExecutable();
            });
    assertThat(Capabilities.program("no-such-program-anywhere")).isEmpty();
  }
}
