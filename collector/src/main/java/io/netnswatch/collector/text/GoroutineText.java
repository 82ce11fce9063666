package io.netnswatch.collector.text;

import io.netnswatch.collector.text.Findings.Creation;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The goroutines of a program in Go, as it prints them when it is asked to (SIGQUIT, SIGUSR1,
 * pprof): {@code goroutine 48711 [syscall, 12 minutes, locked to thread]:}, then its calls. Of
 * those that have been in the kernel for a minute or longer it tells what they wait there for.
 */
final class GoroutineText implements TextParser {

  private static final Pattern HEAD =
      Pattern.compile(
          "^goroutine (\\d{1,12})(?: [\\w= ]{1,40})? \\[([\\w ()]{1,60}?)(?:, (\\d{1,9}) minutes)?"
              + "(?:, [\\w ]{1,40})*\\]:$");

  private static final Pattern CALL =
      Pattern.compile("^((?:[\\w.~-]+/)*[\\w.*()\\[\\]~-]+)\\((.*)\\)$");

  private static final Pattern SYSCALL =
      Pattern.compile("^(?:\\S*/)?(?:syscall|unix)\\.(?:Raw)?Syscall6?(?:NoError)?$");

  /** unshare by its number: on x86, on arm64 and others, on s390 and POWER. */
  private static final Pattern RAW_UNSHARE = Pattern.compile("^0x(?:110|61|12f|11a), (0x.*)$");

  private static final Pattern FLAGS = Pattern.compile("^0x([0-9a-f]{1,8})\\b.*");

  private static final Pattern UNSHARE = Pattern.compile("^(?:\\S*/)?(?:unix|syscall)\\.Unshare$");

  /** The flag of a network namespace among others. */
  private static final int NEW_NETWORK = 0x4000_0000;

  private static final Pattern SETNS =
      Pattern.compile("^(?:\\S*/)?(?:unix\\.Setns|netns\\.(?:Set|Setns))$");

  /** A request to the kernel's netlink, with its answer. */
  private static final Pattern REQUEST =
      Pattern.compile("^\\S*netlink\\S*\\.\\(\\*(?:NetlinkRequest|Conn)\\)\\.Execute$");

  private static final Pattern SENDING =
      Pattern.compile("^(?:\\S*/)?(?:unix|syscall)\\.[Ss]end\\w+$");

  /** The library's own functions: what is asked for stands behind them. */
  private static final Pattern OF_LIBRARY =
      Pattern.compile("^\\S*netlink/nl\\.\\S*|^\\S*netlink\\.\\(\\*Conn\\)\\.\\S*");

  private static final int MOST_CALLS = 64;

  private record Call(String function, String arguments) {}

  private final Findings findings;
  private final List<Call> calls = new ArrayList<>();
  private @Nullable TextLine head;
  private String id = "";
  private boolean inKernel;
  private long minutes;

  GoroutineText(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean begins(TextLine line) {
    Matcher begun = HEAD.matcher(line.stripped());
    if (!begun.matches()) {
      return false;
    }
    end();
    head = line;
    id = begun.group(1);
    inKernel = begun.group(2).equals("syscall");
    minutes = begun.group(3) == null ? 0 : Long.parseLong(begun.group(3));
    return true;
  }

  @Override
  public boolean goesOn(TextLine line) {
    String text = line.stripped();
    if (text.isEmpty()) {
      end();
      return false;
    }
    if (begins(line)) {
      return true;
    }
    Matcher call = CALL.matcher(text);
    if (call.matches() && calls.size() < MOST_CALLS) {
      calls.add(new Call(call.group(1), call.group(2)));
    }
    return call.matches()
        || line.text().startsWith("\t")
        || text.matches(".*\\.(?:go|s):\\d+(?: \\+0x[0-9a-f]+)?")
        || text.startsWith("created by ");
  }

  @Override
  public void end() {
    TextLine begun = head;
    if (begun != null) {
      if (inKernel && minutes > 0 && isOfInterest(begun)) {
        findings.used(Format.GOROUTINES, begun.number());
      } else {
        findings.recognised(
            Format.GOROUTINES, begun.number(), "nothing in it waits for the kernel's namespaces");
      }
    }
    head = null;
    calls.clear();
  }

  private boolean isOfInterest(TextLine begun) {
    if (calls.stream().anyMatch(GoroutineText::creates)) {
      findings.creation(
          begun.stamp(), new Creation(false, minutes * 60_000, null, "goroutine " + id, null));
      return true;
    }
    if (calls.stream().anyMatch(it -> SETNS.matcher(it.function()).matches())) {
      findings.suspicion(
          since()
              + " entering a namespace (setns): what its thread waits for there,"
              + " /proc/PID/task/*/stack shows");
      return true;
    }
    if (calls.stream().anyMatch(it -> REQUEST.matcher(it.function()).matches())) {
      boolean sends = calls.stream().anyMatch(it -> SENDING.matcher(it.function()).matches());
      findings.suspicion(
          since()
              + (sends
                  ? " sending a netlink request"
                  : " waiting for the answer to a netlink request")
              + asked()
              + (sends
                  ? ": the kernel handles it meanwhile, which waits for the rtnl lock, as creations"
                      + " and the cleanup of namespaces do"
                  : ": the kernel handles a request while it is sent, so its answer was lost,"
                      + " unless it is a dump, which waits for the rtnl lock")
              + "; /proc/PID/task/*/stack shows where its thread is");
      return true;
    }
    return false;
  }

  private String since() {
    return "goroutine " + id + " has been, for " + minutes + " minutes,";
  }

  /** What was asked for, if the calls go as far. */
  private String asked() {
    return calls.stream()
        .map(Call::function)
        .filter(it -> it.contains("netlink") && !OF_LIBRARY.matcher(it).matches())
        .findFirst()
        .map(it -> " (" + it.substring(it.lastIndexOf('/') + 1) + ")")
        .orElse("");
  }

  private static boolean creates(Call call) {
    if (UNSHARE.matcher(call.function()).matches()) {
      return hasNewNetwork(call.arguments());
    }
    Matcher raw = RAW_UNSHARE.matcher(call.arguments());
    return SYSCALL.matcher(call.function()).matches()
        && raw.matches()
        && hasNewNetwork(raw.group(1));
  }

  private static boolean hasNewNetwork(String arguments) {
    Matcher flags = FLAGS.matcher(arguments);
    return flags.matches() && (Long.parseLong(flags.group(1), 16) & NEW_NETWORK) != 0;
  }
}
