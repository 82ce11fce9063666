package io.netnswatch.detection.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netnswatch.detection.cause.KernelFunctions;
import io.netnswatch.detection.signature.Signature;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What both {@link Projection} and {@link QuickLook} go by: each rule once, for a decoded event and
 * beside it for an encoded one.
 */
final class EventRules {

  static final int MAX_HOST_LENGTH = 190;

  /** Of a name: of a task, a namespace, a kernel function (KSYM_NAME_LEN is 512), a release. */
  static final int MAX_NAME_LENGTH = 512;

  /** Of {@code /proc/version}. */
  static final int MAX_VERSION_LENGTH = 1_024;

  static final int MAX_FRAMES = 128;

  static final String CLEANUP = "cleanup_net";

  /** From this use of a CPU on a kernel worker is worth keeping. */
  private static final double BUSY_WORKER_CPUS = 0.5;

  /** With a larger share of nameless symbols a slice proves nothing. */
  private static final double MOST_UNNAMED = 0.5;

  /**
   * With fewer of the samples that are due perf did not look. Not more can be asked for: programs
   * that compute all the time leave few samples to the kernel's code, the only ones that are taken.
   */
  private static final double LEAST_OF_DUE = 0.01;

  private static final String KWORKER = "kworker";
  private static final String BRACKET = "[";
  private static final String HEXADECIMAL = "0x";
  private static final char PATH = '/';
  private static final Set<String> USER_MODULES =
      Set.of("[vdso]", "[vsyscall]", "[heap]", "[stack]");

  private static final byte[] KWORKER_BYTES = encoded(KWORKER);
  private static final byte[] BRACKET_BYTES = encoded(BRACKET);
  private static final byte[] HEXADECIMAL_BYTES = encoded(HEXADECIMAL);
  private static final byte[][] USER_MODULES_BYTES =
      USER_MODULES.stream().map(EventRules::encoded).toArray(byte[][]::new);

  private EventRules() {}

  /** Whether a task's name is that of a kernel worker. */
  static boolean isKworker(String comm) {
    return comm.startsWith(KWORKER);
  }

  static boolean isKworker(EncodedEvent comm) {
    return comm.textBeginsWith(KWORKER_BYTES);
  }

  /** Whether a kernel worker that uses so many CPUs is worth keeping. */
  static boolean isBusy(double cpuUse) {
    return cpuUse >= BUSY_WORKER_CPUS;
  }

  static boolean isBusy(@Nullable Double cpuUse) {
    return cpuUse != null && isBusy(cpuUse.doubleValue());
  }

  /** Whether a symbol is none, but an address or a stand-in. */
  static boolean isNameless(String symbol) {
    return symbol.startsWith(BRACKET) || symbol.startsWith(HEXADECIMAL);
  }

  static boolean isNameless(EncodedEvent symbol) {
    return symbol.textBeginsWith(BRACKET_BYTES) || symbol.textBeginsWith(HEXADECIMAL_BYTES);
  }

  /** Whether a module is a program's: those without symbols hide nothing of the kernel. */
  static boolean isOfUser(String module) {
    return module.indexOf(PATH) >= 0 || USER_MODULES.contains(module);
  }

  static boolean isOfUser(EncodedEvent module) {
    if (module.textContains(PATH)) {
      return true;
    }
    for (byte[] ofUser : USER_MODULES_BYTES) {
      if (module.textIs(ofUser)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a slice would have shown hot code.
   *
   * @param cpus CPUs that were sampled
   * @param frequencyHz samples a second and CPU
   * @param durationMs length of the slice
   * @param samples how many there are, with those of idle CPUs
   * @param lost how many were lost; null if unknown
   * @param named of symbols of the kernel that have a name
   * @param unnamed of those that have none
   */
  static boolean isConclusive(
      int cpus,
      int frequencyHz,
      int durationMs,
      long samples,
      @Nullable Long lost,
      long named,
      long unnamed) {
    double due = (double) cpus * frequencyHz * durationMs / 1000; // of CPUs that are never idle
    boolean tooFew = samples <= 0 || samples < LEAST_OF_DUE * due;
    boolean mostLost = lost != null && lost > samples;
    return !tooFew && !mostLost && unnamed <= MOST_UNNAMED * (named + unnamed);
  }

  /** From how many milliseconds on a creation is slow: {@link Long#MAX_VALUE} if none ever is. */
  static long slowAfterMs(List<Signature> signatures) {
    long slow = Long.MAX_VALUE;
    for (Signature signature : signatures) {
      if (signature.slow() != null) {
        slow = Math.min(slow, signature.slow().afterMs());
      }
    }
    return slow;
  }

  /** The functions that a call path of concern runs through. */
  static Set<String> callers(List<Signature> signatures) {
    Set<String> callers = new HashSet<>(KernelFunctions.lockedPathCallers());
    for (Signature signature : signatures) {
      if (signature.hot() != null) {
        callers.add(signature.hot().caller());
      }
    }
    return callers;
  }

  /** The functions in which a task creates a namespace. */
  static Set<String> creationFunctions(List<Signature> signatures) {
    Set<String> functions = new HashSet<>();
    for (Signature signature : signatures) {
      if (signature.blocked() != null) {
        functions.add(signature.blocked().kernelFunction());
      }
    }
    return functions;
  }

  /** The functions one of which a stack of concern holds. */
  static Set<String> stackFunctions(List<Signature> signatures) {
    Set<String> functions = new HashSet<>(callers(signatures));
    functions.add(CLEANUP);
    functions.addAll(KernelFunctions.ofConcern());
    functions.addAll(creationFunctions(signatures));
    for (Signature signature : signatures) {
      for (Signature.Suggestion suggestion : signature.suggestions()) {
        functions.addAll(suggestion.any());
        functions.addAll(suggestion.all());
      }
    }
    return functions;
  }

  /** A name with a NUL or a line break in it would pass for two. */
  static boolean isPrintable(String name) {
    return name.codePoints().noneMatch(Character::isISOControl);
  }

  static byte[] encoded(String text) {
    return text.getBytes(UTF_8);
  }
}
