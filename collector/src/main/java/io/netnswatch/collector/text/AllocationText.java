package io.netnswatch.collector.text;

import java.util.regex.Pattern;

/**
 * Stacks that say where memory came from or went, and not where a task is: of kmemleak, KASAN and
 * page_owner. They name the same functions as those of tasks that hang; here they only pass by.
 */
final class AllocationText implements TextParser {

  private static final Pattern HEAD =
      Pattern.compile(
          "^\\s*(?:unreferenced object 0x|(?:Allocated|Freed|Reallocated) by task \\d|Last potentially"
              + " related work creation:|Second to last potentially related|Uninit was (?:created|stored)"
              + "|page last (?:allocated|free)|page_owner tracks|backtrace(?: \\(crc \\w+\\))?:\\s*$)");

  private static final Pattern PART =
      Pattern.compile(
          "^\\s*(?:comm \"|hex dump \\(|(?:[0-9a-f]{2} ){8}|backtrace|\\[<[0-9a-f]{1,16}>\\] |\\(____ptrval____\\)).*");

  private final Findings findings;

  AllocationText(Findings findings) {
    this.findings = findings;
  }

  /** Whether such a stack begins with a line. */
  static boolean isHead(String text) {
    return HEAD.matcher(text).find();
  }

  @Override
  public boolean begins(TextLine line) {
    return isHead(line.text()) && take(line);
  }

  @Override
  public boolean goesOn(TextLine line) {
    String text = line.text();
    boolean part =
        isHead(text) || PART.matcher(text).matches() || CallTrace.functionOf(text) != null;
    return part && take(line);
  }

  private boolean take(TextLine line) {
    findings.recognised(
        Format.TASK_DUMP, line.number(), "where memory came from, not where a task is");
    return true;
  }

  @Override
  public void end() {}
}
