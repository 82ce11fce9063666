package io.netnswatch.streams;

import io.netnswatch.command.Commands;
import io.netnswatch.command.InputPath;
import io.netnswatch.command.Version;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.SignatureFiles;
import io.netnswatch.detection.signature.Signatures;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code netnswatch signatures}: lists them; {@code signatures check DIR} validates a folder. */
@Command(
    name = "signatures",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Lists the signatures that incidents come from.")
public final class SignaturesCommand implements Callable<Integer> {

  private static final String ROW = "%-34s %-8s %-9s %s%n";

  @InputPath(InputPath.Kind.DIRECTORY)
  @Option(
      names = "--signatures",
      paramLabel = "DIR",
      description = "With your own: the *.yaml of this folder; one of a shipped id replaces it.")
  private @Nullable Path folder;

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] args) {
    System.exit(Commands.run(new SignaturesCommand(), args));
  }

  @Override
  public Integer call() throws IOException {
    print(folder == null ? Signatures.shipped() : SignatureFiles.shippedAnd(folder));
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
    List<Signature> read = SignatureFiles.read(own);
    Signatures.shippedAnd(read);
    print(read);
    return 0;
  }

  private void print(List<Signature> signatures) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(ROW, "SIGNATURE", "VERSION", "SEVERITY", "LOOKS FOR");
    for (Signature signature : signatures) {
      out.printf(
          ROW, signature.id(), signature.version(), signature.severity(), looksFor(signature));
    }
    out.flush();
  }

  private static String looksFor(Signature signature) {
    List<String> conditions = new ArrayList<>();
    Signature.Hot hot = signature.hot();
    if (hot != null) {
      conditions.add(
          hot.stackSuffices()
              ? hot.caller() + " at work"
              : String.join(" or ", hot.symbols())
                  + " under "
                  + hot.caller()
                  + " at "
                  + hot.cpus()
                  + " CPU");
    }
    Signature.Blocked blocked = signature.blocked();
    if (blocked != null) {
      conditions.add("creation blocked for " + blocked.afterMs() / 1000.0 + " s");
    }
    Signature.Slow slow = signature.slow();
    if (slow != null) {
      conditions.add(
          slow.count()
              + " creations in a row of "
              + slow.afterMs() / 1000.0
              + " s"
              + (slow.waitingSuffices() ? " or one of them waiting for a lock" : ""));
    }
    Signature.Fragments fragments = signature.fragments();
    if (fragments != null) {
      conditions.add("a fragment counter below " + fragments.belowBytes());
    }
    Signature.Stuck stuck = signature.stuck();
    if (stuck != null) {
      conditions.add("a holder of the lock in one handler for " + stuck.afterMs() / 1000.0 + " s");
    }
    return String.join(", ", conditions);
  }
}
