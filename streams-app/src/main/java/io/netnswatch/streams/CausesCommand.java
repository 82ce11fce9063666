package io.netnswatch.streams;

import io.netnswatch.command.Commands;
import io.netnswatch.command.InputPath;
import io.netnswatch.command.Version;
import io.netnswatch.detection.cause.Cause;
import io.netnswatch.detection.cause.CauseFiles;
import io.netnswatch.detection.cause.Causes;
import io.netnswatch.detection.cause.Fix;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code netnswatch causes}: lists them; {@code causes check DIR} validates a folder. */
@Command(
    name = "causes",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Lists the known causes of what holds network namespaces up.")
public final class CausesCommand implements Callable<Integer> {

  private static final String ROW = "%-34s %-8s %-9s %-8s %s%n";

  @InputPath(InputPath.Kind.DIRECTORY)
  @Option(
      names = "--causes",
      paramLabel = "DIR",
      description = "With your own: the *.yaml of this folder; one of a shipped id replaces it.")
  private @Nullable Path folder;

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] args) {
    System.exit(Commands.run(new CausesCommand(), args));
  }

  @Override
  public Integer call() throws IOException {
    print(folder == null ? Causes.shipped() : CauseFiles.shippedAnd(folder));
    return 0;
  }

  /** Exit code 1 and one line that names file, line and key if one is wrong. */
  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      description = "Validates the *.yaml of a folder, and that they fit the shipped ones.")
  Integer check(
      @InputPath(InputPath.Kind.DIRECTORY)
          @Parameters(paramLabel = "DIR", description = "The folder.")
          Path own)
      throws IOException {
    List<Cause> read = CauseFiles.read(own);
    Causes.shippedAnd(read);
    print(read);
    return 0;
  }

  private void print(List<Cause> causes) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(ROW, "CAUSE", "VERSION", "EVIDENCE", "COURSE", "WHAT IT IS, AND ITS FIX");
    for (Cause cause : causes) {
      Fix fix = cause.kernels().fix();
      out.printf(
          ROW,
          cause.id(),
          cause.version(),
          cause.evidence().name().toLowerCase(Locale.ROOT),
          cause.course().name().toLowerCase(Locale.ROOT),
          cause.headline() + (fix == null ? "" : "; " + fix.words()));
    }
    out.flush();
  }
}
