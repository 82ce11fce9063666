package io.netnswatch.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.command.Commands;
import io.netnswatch.detection.signature.Signatures;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class SignaturesCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CommandLine command =
      Commands.line(new SignaturesCommand())
          .setOut(new PrintWriter(out, true))
          .setErr(new PrintWriter(err, true));

  @Test
  void listsAll() {
    assertThat(command.execute()).isZero();

    assertThat(out.toString().lines()).hasSize(1 + Signatures.shipped().size());
    assertThat(out.toString()).contains("netns-cleanup-livelock", "CRITICAL", "inet_evict_bucket");
  }

  @Test
  void wrongFileIsOneLineThatNamesFileAndKey(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("mine.yaml"), "id: mine\nseverty: CRITICAL\n");

    assertThat(command.execute("check", folder.toString())).isEqualTo(1);

    assertThat(err.toString().lines()).singleElement().asString().contains("mine.yaml");
    assertThat(err.toString()).contains("unknown key severty");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[null]", "", "null", "- id: x", "3", "{", "id: [1, {", "\0"})
  void whatIsNoSignatureAtAllIsOneLineToo(String yaml, @TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("mine.yaml"), yaml);

    assertThat(command.execute("check", folder.toString())).isEqualTo(1);

    assertThat(err.toString().lines()).singleElement().asString().contains("mine.yaml");
  }

  @Test
  void missingFolderIsOneLine() {
    assertThat(command.execute("check", "/no/such")).isEqualTo(2);

    assertThat(err.toString())
        .startsWith("netnswatch signatures check: DIR /no/such: there is no such directory");
  }

  @Test
  void unknownOptionIsWrongUsage() {
    assertThat(command.execute("--no-such")).isEqualTo(2);
  }
}
