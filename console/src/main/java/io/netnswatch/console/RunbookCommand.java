package io.netnswatch.console;

import io.netnswatch.command.Commands;
import io.netnswatch.command.Typos;
import io.netnswatch.command.Version;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.Signatures;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code netnswatch runbook KIND}: what to do about an incident of that kind. */
@Command(
    name = "runbook",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Prints what to do about an incident; without KIND, which kinds there are.")
public final class RunbookCommand implements Callable<Integer> {

  private static final String ROW = "%-34s %-8s %s%n";

  @Parameters(arity = "0..1", paramLabel = "KIND", description = "Kind of the incident.")
  private @Nullable String kind;

  @Option(names = "--markdown", description = "Print the page as it is written.")
  private boolean markdown;

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] arguments) {
    System.exit(Commands.run(new RunbookCommand(), arguments));
  }

  /** Exit code 2 and a suggestion if there is no such kind. */
  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<Signature> signatures = Signatures.shipped();
    if (kind == null) {
      out.printf(ROW, "KIND", "SEVERITY", "SHORT");
      signatures.forEach(it -> out.printf(ROW, it.id(), it.severity(), it.headline()));
    } else {
      String page = page(signatures, kind.toLowerCase(Locale.ROOT));
      out.print(markdown ? page : RunbookText.of(page));
    }
    out.flush();
    return 0;
  }

  private String page(List<Signature> signatures, String wanted) {
    return signatures.stream()
        .filter(it -> it.id().equals(wanted))
        .findFirst()
        .map(it -> PageAssets.text("/io/netnswatch/runbooks/" + it.runbook()))
        .orElseThrow(() -> unknown(wanted, signatures.stream().map(Signature::id).toList()));
  }

  private ParameterException unknown(String wanted, List<String> kinds) {
    return new ParameterException(
        spec.commandLine(),
        "no incident is of kind " + wanted + "; did you mean " + nearest(wanted, kinds) + "?");
  }

  /** The shortest kind with {@code wanted} in it, else the one fewest keystrokes away. */
  private static String nearest(String wanted, List<String> kinds) {
    Comparator<String> order =
        Comparator.comparing((String kind) -> !kind.contains(wanted))
            .thenComparingInt(kind -> Typos.between(wanted, kind));
    return kinds.stream().min(order).orElseThrow();
  }
}
