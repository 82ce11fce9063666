package io.netnswatch.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class CommandsTest {

  @TempDir private Path directory;

  private final Example example = new Example();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Command(name = "example", mixinStandardHelpOptions = true)
  static final class Example implements Callable<Integer> {

    @Range(min = "1", max = "64")
    @Option(names = "--threads", defaultValue = "1")
    int threads;

    @Range(min = "0.1", max = "100")
    @Option(names = "--percent", defaultValue = "5")
    double percent;

    @Range(min = "1s", max = "1h")
    @Option(names = "--every", defaultValue = "5s")
    Duration every = Duration.ZERO;

    @Range(min = "1MiB", max = "1GiB")
    @Option(names = "--memory", defaultValue = "128MiB")
    DataSize memory = DataSize.ofMebibytes(128);

    @Option(names = "--host")
    List<HostPattern> hosts = new ArrayList<>();

    @InputPath(InputPath.Kind.FILE)
    @Option(names = "--in")
    @Nullable Path in;

    @InputPath(InputPath.Kind.DIRECTORY)
    @Option(names = "--folder")
    @Nullable Path folder;

    @OutputFile
    @Option(names = "--out")
    @Nullable Path out;

    private @Nullable Exception failure;

    @Override
    public Integer call() throws Exception {
      if (failure != null) {
        throw failure;
      }
      return 0;
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --threads=0              | --threads must be from 1 to 64, not 0
          --threads=100000000000   | --threads
          --threads=many           | --threads
          --percent=0              | --percent must be from 0.1 to 100, not 0.0
          --percent=NaN            | --percent must be from 0.1 to 100, not NaN
          --every=0s               | --every must be from 1s to 1h, not 0s
          --every=2h               | --every must be from 1s to 1h, not 2h
          --every=5000             | --every must be from 1s to 1h, not 5000s
          --every=5x               | '5x' is no length of time: a number and ms, s, m, h or d
          --every=-1s              | '-1s' is no length of time
          --memory=0MiB            | --memory must be from 1MiB to 1GiB, not 0B
          --memory=128000          | --memory must be from 1MiB to 1GiB, not 125GiB
          --memory=128MB           | '128MB' is no size: a number and B, KiB, MiB or GiB
          --memory=999999999GiB    | --memory must be from 1MiB to 1GiB
          --host=a/b               | 'a/b' is no pattern for hosts
          --in=/no/such            | --in /no/such: there is no such file
          --in=/                   | --in /: is a directory; a file is wanted
          --folder=/etc/passwd     | --folder /etc/passwd: is a file; a directory is wanted
          --folder=/no/such        | --folder /no/such: there is no such directory
          --out=/no/such/x         | --out /no/such/x: there is no directory /no/such
          --out=/                  | --out /: is a directory
          --thredas=2              | Unknown option: '--thredas=2'; is --threads meant?
          @/etc/passwd             | Unmatched argument at index 0: '@/etc/passwd'
          """)
  void wrongUsageIsOneLineThatNamesTheOptionAndExitsWithTwo(String argument, String words) {
    // When
    int exit = run(argument);

    // Then
    assertThat(exit).isEqualTo(2);
    assertThat(err.toString().strip())
        .hasLineCount(1)
        .startsWith("netnswatch example: ")
        .contains(words)
        .contains(argument.replaceAll("[=@].*", ""))
        .endsWith("; see netnswatch example --help");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aNameWithANulIsRefusedInPrintableWords() throws IOException {
    // Given
    Path config = directory.resolve("config");
    Files.writeString(config, "out=a\\u0000b\n");

    // When
    int exit = run("--config=" + config);

    // Then
    assertThat(exit).isEqualTo(2);
    assertThat(err.toString().strip()).hasLineCount(1).contains("--out").doesNotContain("\0");
  }

  @Test
  void settingsAreTypedInTheFileToo() throws IOException {
    // Given
    Path config = directory.resolve("config");
    Files.writeString(config, "every=90s\nmemory=64MiB\nhost=compute-*\n");

    // When
    int exit = run("--config=" + config, "--print-config");

    // Then
    assertThat(exit).isZero();
    assertThat(out.toString()).contains("every=90s", "memory=64MiB", "host=compute-*");
  }

  @Test
  void aFailureIsOneLineWithItsCauseAndExitsWithOne() {
    // Given
    example.failure =
        new ExecutionException(
            new UncheckedIOException(
                new IOException("can't read\nthe \u001b[31mfile", new EOFException())));

    // When
    int exit = run();

    // Then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString().strip()).isEqualTo("netnswatch example: can't read the ?[31mfile");
  }

  @Test
  void aFailureWithoutWordsIsNamed() {
    // Given
    example.failure = new IllegalStateException();

    // When
    run();

    // Then
    assertThat(err.toString().strip()).isEqualTo("netnswatch example: IllegalStateException");
  }

  @Test
  void helpAndVersionAskNothingOfTheOptions() {
    assertThat(run("--threads=0", "--help")).isZero();
    assertThat(out.toString()).contains("Usage: example", "--config=FILE", "--print-config");
  }

  private int run(String... arguments) {
    return Commands.run(
        example, Map.of(), new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }
}
