package io.netnswatch.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.command.Commands;
import io.netnswatch.detection.cause.Causes;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CausesCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CommandLine command =
      Commands.line(new CausesCommand())
          .setOut(new PrintWriter(out, true))
          .setErr(new PrintWriter(err, true));

  @Test
  void listsAll() {
    assertThat(command.execute()).isZero();

    assertThat(out.toString().lines()).hasSize(1 + Causes.shipped().size());
    assertThat(out.toString()).contains("conntrack-fragment-references", "006a5035b495", "6.12.93");
  }

  @Test
  void wrongFileIsOneLineThatNamesFileAndKey(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("mine.yaml"), "id: mine\nheadlin: x\n");

    assertThat(command.execute("check", folder.toString())).isEqualTo(1);

    assertThat(err.toString().lines()).singleElement().asString().contains("mine.yaml");
    assertThat(err.toString()).contains("unknown key headlin");
  }
}
