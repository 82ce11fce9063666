package io.netnswatch.collector.text;

import io.netnswatch.collector.proc.ProcParseException;
import io.netnswatch.collector.proc.Sockstat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code FRAG: inuse N memory M} and {@code FRAG6: …} of /proc/net/sockstat and sockstat6, with the
 * name of the namespace before it in its line, or none.
 */
final class FragmentCounterText implements TextParser {

  private static final Pattern LINE =
      Pattern.compile("^(?:(\\S{1,64}?)[:\\s]+)?(FRAG(6?): inuse \\d{1,20} memory \\d{1,20})\\s*$");

  private final Findings findings;

  FragmentCounterText(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean begins(TextLine line) {
    String text = line.stripped();
    if (!text.contains("FRAG")) {
      return false;
    }
    Matcher counter = LINE.matcher(text);
    if (!counter.matches()) {
      return false;
    }
    Long memory = memory(counter.group(2));
    if (memory == null) {
      return false;
    }
    if (memory < 0) {
      String netns = counter.group(1) == null ? "" : counter.group(1);
      findings.fragments(line.stamp(), netns, counter.group(3).equals("6"), memory);
    }
    findings.used(Format.FRAGMENT_COUNTERS, line.number());
    return true;
  }

  private static @Nullable Long memory(String text) {
    try {
      return Sockstat.fragmentMemory(text);
    } catch (ProcParseException e) {
      return null; // more than 64 bits: no counter
    }
  }

  @Override
  public boolean goesOn(TextLine line) {
    return false;
  }

  @Override
  public void end() {}
}
