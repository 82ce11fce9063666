package io.netnswatch.collector;

import io.netnswatch.detection.cause.Cause;
import io.netnswatch.detection.signature.Kernel;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.schema.KernelVerdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Whether a host's kernel has a bug, where no incident says so.
 *
 * @param bug id of a signature, or of a cause
 */
record KernelStatement(String bug, KernelVerdict verdict, String reason) {

  private static final int MOST_CAUSES = 3;

  /**
   * What is known of a kernel.
   *
   * @param functions what looks suspicious on it: then it is of bugs that show there; else of the
   *     signatures
   */
  static List<KernelStatement> of(
      Kernel kernel, List<Signature> signatures, List<Cause> causes, Collection<String> functions) {
    List<KernelStatement> statements = new ArrayList<>();
    for (Signature signature : signatures) {
      Signature.Hot hot = signature.hot();
      if (hot != null
          && !signature.kernels().isEmpty()
          && (functions.isEmpty() || functions.stream().anyMatch(hot::names))) {
        Signature.KernelFinding finding = signature.judge(kernel);
        statements.add(new KernelStatement(signature.id(), finding.verdict(), finding.reason()));
      }
    }
    if (statements.isEmpty()) {
      causes.stream()
          .filter(cause -> cause.isOfSomeKernels() && cause.mayShowIn(functions))
          .sorted(Comparator.comparing(Cause::rankOrUsual))
          .limit(MOST_CAUSES)
          .map(cause -> of(cause, kernel))
          .forEach(statements::add);
    }
    return statements;
  }

  private static KernelStatement of(Cause cause, Kernel kernel) {
    Signature.KernelFinding finding = cause.judge(kernel);
    return new KernelStatement(cause.id(), finding.verdict(), finding.reason());
  }

  /** In words that follow a colon. */
  String words() {
    String said =
        switch (verdict) {
          case AFFECTED -> "affected by ";
          case NOT_AFFECTED -> "not affected by ";
          case UNKNOWN -> "not known whether affected by ";
        };
    return said + bug + ". " + reason;
  }
}
