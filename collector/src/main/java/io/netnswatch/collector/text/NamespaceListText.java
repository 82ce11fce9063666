package io.netnswatch.collector.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code ip netns list} and {@code lsns} print, and how many /proc/slabinfo counts. That a
 * peer's reference is invalid tells of leftover files of failed creations; it proves nothing by
 * itself.
 */
final class NamespaceListText implements TextParser {

  private static final Pattern INVALID =
      Pattern.compile("^(?:Error: )?Peer netns reference is invalid\\.?$");

  private static final Pattern INVALID_ARGUMENT =
      Pattern.compile("^RTNETLINK answers: Invalid argument$");

  private static final Pattern NAMED = Pattern.compile("^([\\w.@:+-]{1,64}) \\(id: \\d{1,9}\\)$");

  private static final Pattern LSNS_HEAD = Pattern.compile("^NS\\s+TYPE\\s+NPROCS\\s+PID\\b.*");
  private static final Pattern LSNS_ROW =
      Pattern.compile("^\\d{10}\\s+(\\w+)\\s+\\d+\\s+\\d+\\b.*");

  /** Of /proc/slabinfo: {@code net_namespace 11892 11892 4928 6 8 : tunables …}. */
  private static final Pattern SLAB =
      Pattern.compile("^net_namespace\\s+(\\d{1,9})\\s+\\d{1,9}\\s+\\d{3,6}\\s.*");

  private static final Pattern COMMAND =
      Pattern.compile("^(?:\\S*[#$%] ?)(?:sudo )?(?:ip netns(?: list| ls| show)?|lsns\\b.*)$");

  private final Findings findings;

  NamespaceListText(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean begins(TextLine line) {
    return accept(line, line.stripped());
  }

  private boolean accept(TextLine line, String text) {
    if (text.length() > 400) {
      return false;
    }
    if (INVALID.matcher(text).matches() || INVALID_ARGUMENT.matcher(text).matches()) {
      findings.placeholder("");
      findings.used(Format.NAMESPACE_LIST, line.number());
      return true;
    }
    if (NAMED.matcher(text).matches() || COMMAND.matcher(text).matches()) {
      findings.recognised(
          Format.NAMESPACE_LIST, line.number(), "names alone say nothing of trouble");
      return true;
    }
    Matcher slab = text.startsWith("net_namespace ") ? SLAB.matcher(text) : null;
    if (slab != null && slab.matches()) {
      findings.allocatedNamespaces(Integer.parseInt(slab.group(1)));
      findings.used(Format.SLABS, line.number());
      return true;
    }
    if (LSNS_HEAD.matcher(text).matches() || LSNS_ROW.matcher(text).matches()) {
      findings.recognised(
          Format.NAMESPACE_LIST,
          line.number(),
          "living namespaces say nothing of those being removed");
      return true;
    }
    return false;
  }

  @Override
  public boolean goesOn(TextLine line) {
    return accept(line, line.stripped());
  }

  @Override
  public void end() {}
}
