package io.netnswatch.collector.text;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages of the kernel's log, line by line, without the prefixes that loggers add. */
public final class KernelLogLines {

  private final KernelLogText traces;
  private final List<TextParser> others;
  private @Nullable TextParser block;
  private int number;

  /** What they say goes there. */
  public KernelLogLines(Findings findings) {
    this.traces = new KernelLogText(findings);
    this.others = List.of(new DeviceReferenceText(findings), new WorkqueueText(findings));
  }

  /** Takes a line of a message. */
  public void line(String text, LogStamp stamp) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (block == null && !traces.isOpen() && !LineFilter.mayBegin(bytes, bytes.length)) {
      return;
    }
    TextLine line = new TextLine(++number, LineCleaner.clean(text), stamp, true);
    TextParser open = block;
    if (open != null) {
      if (open.goesOn(line)) {
        return;
      }
      open.end();
      block = null;
    }
    if ((traces.isOpen() && traces.goesOn(line)) || traces.begins(line)) {
      return;
    }
    for (TextParser parser : others) {
      if (parser.begins(line)) {
        block = parser;
        return;
      }
    }
    traces.passOver();
  }

  /** Nothing more comes for now: what is open is whole. */
  public void end() {
    TextParser open = block;
    if (open != null) {
      open.end();
      block = null;
    }
    traces.end();
  }
}
