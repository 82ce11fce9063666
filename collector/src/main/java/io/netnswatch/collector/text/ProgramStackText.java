package io.netnswatch.collector.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stacks of a program's threads, as gdb ({@code thread apply all bt}), pstack and eu-stack print
 * them. They end where a thread enters the kernel: of those that create or enter a namespace it
 * tells who they are.
 */
final class ProgramStackText implements TextParser {

  private static final Pattern HEAD =
      Pattern.compile(
          "^(?:Thread \\d{1,6} \\((?:Thread 0x[0-9a-f]{1,16} )?\\(?LWP (\\d{1,9})\\)?(?:"
              + " \"([^\"]{1,63})\")?\\):?|TID (\\d{1,9}):)$");

  private static final Pattern FRAME =
      Pattern.compile(
          "^#\\d{1,3}\\s+(?:0x[0-9a-f]{4,16} (?:in )?)?([A-Za-z_][\\w.:~]{0,255})(?:@\\S+)?(?:"
              + " ?\\(.*)?(?: - \\d+)?$");

  private static final Pattern OF_NAMESPACES =
      Pattern.compile("_{0,2}(unshare|clone3?|setns)(?:_syscall|64)?");

  /** The wrapper of a call stands at most so far above its caller's own functions. */
  private static final int WITHIN = 3;

  private static final int MOST_FRAMES = 64;

  private final Findings findings;
  private final List<String> frames = new ArrayList<>();
  private @Nullable TextLine head;
  private @Nullable Integer thread;
  private @Nullable String name;

  ProgramStackText(Findings findings) {
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
    thread = Integer.valueOf(begun.group(1) != null ? begun.group(1) : begun.group(3));
    name = begun.group(2);
    return true;
  }

  @Override
  public boolean goesOn(TextLine line) {
    Matcher frame = FRAME.matcher(line.stripped());
    if (frame.matches() && frames.size() < MOST_FRAMES) {
      frames.add(frame.group(1));
    }
    return frame.matches() || line.text().isBlank() || begins(line);
  }

  @Override
  public void end() {
    TextLine begun = head;
    if (begun != null && !tells(begun)) {
      findings.recognised(
          Format.PROGRAM_STACK, begun.number(), "nothing in it creates or enters a namespace");
    }
    head = null;
    frames.clear();
  }

  private boolean tells(TextLine begun) {
    for (int i = 0; i < Math.min(WITHIN, frames.size()); i++) {
      Matcher call = OF_NAMESPACES.matcher(frames.get(i));
      if (call.matches()) {
        String caller = i + 1 < frames.size() ? " (called by " + frames.get(i + 1) + ")" : "";
        findings.suspicion(
            (name == null ? "a thread" : name)
                + " (pid "
                + thread
                + ") is in "
                + call.group(1)
                + caller
                + ": whether that makes a network namespace, and what it waits for in the kernel,"
                + " /proc/"
                + thread
                + "/stack shows");
        findings.used(Format.PROGRAM_STACK, begun.number());
        return true;
      }
    }
    return false;
  }
}
