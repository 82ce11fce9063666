package io.netnswatch.detection.signature;

import io.netnswatch.schema.KernelVerdict;
import io.netnswatch.schema.Severity;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A known bug or a state worth knowing: what it looks like, which kernels have it, what to do. One
 * YAML file each. All conditions it has must hold at once.
 *
 * @param id also the incident kind
 * @param version stamped on every incident; change it with every change of the file
 * @param severity of its incidents
 * @param component part of the system concerned
 * @param incidentClass class for on-call tools
 * @param headline a few words, for titles
 * @param summary what happens, in a sentence or two
 * @param action what to do about it
 * @param hot condition: code that runs hot; null if not asked for
 * @param blocked condition: creation that hangs; null if not asked for
 * @param slow condition: creation that takes long and finishes; null if not asked for
 * @param fragments condition: an unbalanced fragment counter; null if not asked for
 * @param stuck condition: a task that holds the lock and stands still; null if not asked for
 * @param coincideWithinMs how far apart two conditions may be seen, in milliseconds
 * @param openAfterMs how long the conditions must hold before an incident opens, in milliseconds
 * @param resolveAfterMs how long health must hold before an incident is resolved, in milliseconds
 * @param unless signatures that explain the same symptoms better: while one of them is open or
 *     about to be, this one stays silent
 * @param suggestions what the stack of a blocking task suggests; the first that fits is said
 * @param onlyOn verdicts on the host's kernel under which an incident opens
 * @param cure which kernel cures it; null if none is known
 * @param runbook its page: a file name, or an absolute http(s) URL
 * @param sameKernelsAs signature whose kernels count here too; null if it has its own
 * @param kernels which releases have it; the first rule that fits decides
 */
public record Signature(
    String id,
    String version,
    Severity severity,
    String component,
    String incidentClass,
    String headline,
    String summary,
    String action,
    @Nullable Hot hot,
    @Nullable Blocked blocked,
    @Nullable Slow slow,
    @Nullable Fragments fragments,
    @Nullable Stuck stuck,
    long coincideWithinMs,
    long openAfterMs,
    long resolveAfterMs,
    List<String> unless,
    List<Suggestion> suggestions,
    Set<KernelVerdict> onlyOn,
    @Nullable String cure,
    String runbook,
    @Nullable String sameKernelsAs,
    List<KernelRule> kernels) {

  private static final long MAX_MS = 24L * 3600 * 1000;

  public Signature {
    Check.present("id", id);
    Check.present("version", version);
    Check.present("severity", severity);
    Check.present("component", component);
    Check.present("incident_class", incidentClass);
    Check.present("headline", headline);
    Check.present("summary", summary);
    Check.present("action", action);
    Check.present("runbook", runbook);
    Check.that(id.matches("[a-z0-9-]{1,40}"), "id must be of 1 to 40 of a-z, 0-9 and -: " + id);
    Check.that(!version.isBlank(), "version must not be blank");
    Check.that(
        runbook.matches("https?://\\S+|[A-Za-z0-9._-]+"),
        "runbook must be a file name or an http(s) URL: " + runbook);
    long conditions =
        Stream.of(hot, blocked, slow, fragments, stuck).filter(c -> c != null).count();
    Check.that(conditions > 0, "one of hot, blocked, slow, fragments and stuck is needed");
    Check.range("coincide_within_ms", coincideWithinMs, conditions > 1 ? 1 : 0, MAX_MS);
    Check.range("open_after_ms", openAfterMs, 0, MAX_MS);
    Check.range("resolve_after_ms", resolveAfterMs, 1, MAX_MS);
    Check.that(
        hot == null || blocked != null || slow != null,
        "hot code alone is no incident: blocked or slow is needed too");
    Check.that(
        suggestions == null || suggestions.isEmpty() || blocked != null,
        "suggestions need the condition blocked");
    Check.that(
        sameKernelsAs == null || kernels == null || kernels.isEmpty(),
        "only one of kernels and same_kernels_as may be given");
    unless = listOrNone(unless);
    suggestions = listOrNone(suggestions);
    kernels = listOrNone(kernels);
    onlyOn = onlyOn == null ? Set.of(KernelVerdict.values()) : Set.copyOf(onlyOn);
    Check.that(!onlyOn.isEmpty(), "only_on must not be empty");
  }

  /**
   * Code that runs hot.
   *
   * @param symbols kernel functions, any of them; one that ends with {@code *} stands for all that
   *     begin so
   * @param caller function that must be on the call path where call paths exist
   * @param cpus from how many CPUs on it counts as hot; inclusive of what the functions call
   * @param callerShare least share of the caller's own time that must be spent in the symbols, 0 to
   *     1: a cleanup that progresses divides its time among many functions
   * @param stackSuffices whether a worker's stack through symbol and caller counts, whatever CPU it
   *     uses
   */
  public record Hot(
      List<String> symbols, String caller, double cpus, double callerShare, boolean stackSuffices) {

    public Hot {
      Check.present("hot.symbols", symbols);
      Check.function("hot.caller", caller);
      Check.that(!symbols.isEmpty(), "hot.symbols must not be empty");
      Check.that(cpus > 0 && cpus <= 4096, "hot.cpus must be above 0 and at most 4096: " + cpus);
      Check.that(
          callerShare >= 0 && callerShare <= 1, "hot.caller_share must be 0 to 1: " + callerShare);
      symbols = List.copyOf(symbols);
      Check.that(
          symbols.stream().allMatch(symbol -> symbol.matches("\\w+\\*?")),
          "hot.symbols must be function names, at most with a * at the end: " + symbols);
    }

    /** Whether a function, named without compiler suffix, is one of the symbols. */
    public boolean names(String function) {
      for (String symbol : symbols) {
        int last = symbol.length() - 1;
        boolean fits =
            symbol.charAt(last) == '*'
                ? function.startsWith(symbol.substring(0, last))
                : function.equals(symbol);
        if (fits) {
          return true;
        }
      }
      return false;
    }
  }

  /**
   * Namespace creation that hangs.
   *
   * @param kernelFunction function it hangs in
   * @param afterMs from how many milliseconds on it counts as blocked
   */
  public record Blocked(String kernelFunction, long afterMs) {
    public Blocked {
      Check.function("blocked.kernel_function", kernelFunction);
      Check.range("blocked.after_ms", afterMs, 1, MAX_MS);
    }
  }

  /**
   * Namespace creation that takes long, again and again, and finishes.
   *
   * @param afterMs from how many milliseconds on a creation counts as slow; a faster one is prompt
   * @param count how many slow ones it takes, none prompt among them
   * @param withinMs within how many milliseconds
   * @param waitingSuffices whether one that is seen to wait for a lock counts as much as hot code
   */
  public record Slow(long afterMs, int count, long withinMs, boolean waitingSuffices) {

    /** More slow creations than that are not remembered. */
    public static final int MAX_COUNT = 8;

    public Slow {
      Check.range("slow.after_ms", afterMs, 1, MAX_MS);
      Check.range("slow.count", count, 1, MAX_COUNT);
      Check.range("slow.within_ms", withinMs, 1, MAX_MS);
    }
  }

  /**
   * A living namespace's fragment memory counter out of balance.
   *
   * @param belowBytes below how many bytes it counts
   */
  public record Fragments(long belowBytes) {
    public Fragments {
      Check.range("fragments.below_bytes", belowBytes, Integer.MIN_VALUE, 0);
    }
  }

  /**
   * A task that holds the lock of the namespaces, a cleanup or a module being loaded or removed,
   * and stays in the same handler.
   *
   * @param afterMs from how many milliseconds on it counts as stuck
   */
  public record Stuck(long afterMs) {
    public Stuck {
      Check.range("stuck.after_ms", afterMs, 1, MAX_MS);
    }
  }

  /**
   * What a task's stack suggests.
   *
   * @param any functions of which one must be in the stack; empty for no such demand
   * @param all functions that must all be in the stack; empty for no such demand
   * @param says what it suggests, in words
   */
  public record Suggestion(List<String> any, List<String> all, String says) {
    public Suggestion {
      Check.present("suggestions.says", says);
      any = listOrNone(any);
      all = listOrNone(all);
      Check.that(
          !any.isEmpty() || !all.isEmpty(), "suggestions: one of any and all must name functions");
      any.forEach(function -> Check.function("suggestions.any", function));
      all.forEach(function -> Check.function("suggestions.all", function));
    }

    /** Whether a stack, without compiler suffixes, fits. */
    public boolean fits(List<String> stack) {
      return stack.containsAll(all) && (any.isEmpty() || any.stream().anyMatch(stack::contains));
    }
  }

  /**
   * A verdict on one kernel.
   *
   * @param verdict whether it has the bug
   * @param reason why, in words
   */
  public record KernelFinding(KernelVerdict verdict, String reason) {}

  /** Whether a kernel has this bug; unknown where the facts are missing, never guessed. */
  public KernelFinding judge(@Nullable Kernel kernel) {
    return KernelRule.judge(kernels, kernel);
  }

  /** Whether somebody waits, or will: then the one who holds the others up is looked for. */
  public boolean asksWhoHolds() {
    return blocked != null || slow != null || stuck != null;
  }

  /** Where its page is: the base is put before a file name. */
  public String runbookUrl(String base) {
    return runbookUrl(base, runbook);
  }

  /** Where a page is: the base is put before a file name. */
  public static String runbookUrl(String base, String runbook) {
    return runbook.startsWith("http") ? runbook : base + runbook;
  }

  Signature withKernelsOf(Signature other) {
    return new Signature(
        id,
        version,
        severity,
        component,
        incidentClass,
        headline,
        summary,
        action,
        hot,
        blocked,
        slow,
        fragments,
        stuck,
        coincideWithinMs,
        openAfterMs,
        resolveAfterMs,
        unless,
        suggestions,
        onlyOn,
        cure,
        runbook,
        null,
        other.kernels);
  }

  private static <T> List<T> listOrNone(@Nullable List<T> list) {
    return list == null ? List.of() : List.copyOf(list);
  }
}
