package io.netnswatch.collector.text;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a text that are of one host, through all parsers: others' lines between them do not
 * part what belongs together. Not thread-safe.
 */
final class HostLines {

  /** What is shorter was not wrapped: terminals and mails have 72 columns or more. */
  private static final int LEAST_WRAPPED = 68;

  private static final int MOST_WRAPPED = 240;

  private final Findings findings;
  private final KernelLogText log;
  private final PerfScriptText samples;
  private final StackText stacks;
  private final KernelText kernel;
  private final AllocationText allocations;
  private final LockListText locks;
  private final KubeletText kubelet;
  private final List<TextParser> parsers;
  private @Nullable TextParser block;
  private int recognised;
  private @Nullable String bootId;

  /** A line that is whole only if the next one does not go on with it. */
  private @Nullable TextLine held;

  private int heldLength;
  private @Nullable TextLine first;
  private @Nullable TextLine last;

  HostLines(Findings findings, @Nullable Integer pidByPath) {
    this.findings = findings;
    this.log = new KernelLogText(findings);
    this.samples = new PerfScriptText(findings);
    this.stacks = new StackText(findings, pidByPath);
    this.kernel = new KernelText(findings);
    this.allocations = new AllocationText(findings);
    this.locks = new LockListText(findings);
    this.kubelet = new KubeletText(findings);
    this.parsers =
        List.of(
            stacks,
            new ProcStatusText(findings),
            new WchanText(findings),
            new DeviceReferenceText(findings),
            new WorkqueueText(findings),
            new ProcessListText(findings),
            samples,
            new PerfReportText(findings),
            new FtraceText(findings),
            new ProgramStackText(findings),
            new CrashText(findings),
            new DrgnText(findings),
            new FoldedStacksText(findings),
            new FlameGraphText(findings),
            new LatencyText(findings),
            new StackCountText(findings),
            new FragmentCounterText(findings),
            new StraceText(findings),
            new StopWatchText(findings),
            new NamespaceListText(findings),
            new GoroutineText(findings),
            kubelet,
            kernel);
  }

  /** What they are told to. */
  Findings findings() {
    return findings;
  }

  /** Whether the next line matters whatever it looks like. */
  boolean isWaiting() {
    return block != null
        || log.isOpen()
        || samples.isWaiting()
        || kernel.isWaiting()
        || stacks.isWaiting()
        || held != null;
  }

  /** A line of a log was seen, whatever it says. */
  void seen(TextLine line) {
    if (first == null) {
      first = line;
    }
    last = line;
  }

  /** A log that is of no interest. */
  void passedOver(int line) {
    findings.recognised(Format.KERNEL_LOG, line, "nothing in it concerns namespaces");
    recognised++;
  }

  /** The boot that the next lines are of, by its id. */
  void boot(@Nullable String id) {
    if (id != null && !id.equals(bootId)) {
      if (bootId != null) {
        endBlocks();
        findings.reboot();
      }
      bootId = id;
    }
  }

  /** The next lines are of another boot. */
  void nextBoot() {
    release();
    endBlocks();
    findings.reboot();
  }

  /**
   * A line of a log that may have been cut at a margin waits for the one that comes next.
   *
   * @param text the whole line, with its prefix
   */
  void unwrapped(TextLine line, String text) {
    TextLine before = held;
    held = null;
    if (before != null) {
      boolean goesOn = line.stamp().isEmpty() && !text.isBlank() && text.length() <= heldLength + 8;
      TextLine whole = goesOn ? KernelLogText.unwrapped(before, text) : null;
      if (whole != null) {
        take(whole);
        recognised++; // the second half, too
        return;
      }
      take(before);
    }
    if (!line.stamp().isEmpty()
        && text.length() >= LEAST_WRAPPED
        && text.length() <= MOST_WRAPPED
        && !KernelLogText.isWhole(line.text())) {
      held = line;
      heldLength = text.length();
    } else {
      take(line);
    }
  }

  /** Nothing goes on with the line before. */
  void release() {
    TextLine last = held;
    held = null;
    if (last != null) {
      take(last);
    }
  }

  /** A line that is whole. */
  void take(TextLine line) {
    parse(line);
    kernel.passed(line.stamp());
  }

  private void parse(TextLine line) {
    TextParser open = block;
    if (open != null) {
      if (open.goesOn(line)) {
        recognised++;
        return;
      }
      open.end();
      block = null;
    }
    if (kernel.isNextBoot(line)) {
      endBlocks();
    }
    if (allocations.begins(line)) {
      log.end();
      recognised++;
      block = allocations;
      return;
    }
    if (locks.begins(line)) {
      log.end();
      locks.ofAMoment(!log.isReasonForLocks());
      locks.behindHungTasks(log.isReasonForLocksOfNamespaces(), log.hungForLocks());
      recognised++;
      block = locks;
      return;
    }
    if (log.isOpen() && log.goesOn(line)) {
      recognised++;
      return;
    }
    if (KernelLogText.mayBegin(line.text()) && log.begins(line)) {
      recognised++;
      return;
    }
    for (TextParser parser : parsers) {
      if (parser.begins(line)) {
        recognised++;
        block = parser;
        return;
      }
    }
    log.passOver();
  }

  private void endBlocks() {
    TextParser open = block;
    if (open != null) {
      open.end();
      block = null;
    }
    log.end();
  }

  /** Nothing more comes. */
  void end() {
    release();
    endBlocks();
    parsers.forEach(TextParser::end);
    kubelet.tell();
  }

  /** Tells from where to where they go, among those of others. */
  void tellEnds() {
    TextLine end = last;
    if (first != null && end != null) {
      if (recognised == 0) {
        passedOver(first.number());
      }
      findings.span(first, end);
      if (!end.stamp().isEmpty()) {
        findings.until(end.stamp());
      }
    }
  }

  /** Lines that a parser took. */
  int recognised() {
    return recognised;
  }
}
