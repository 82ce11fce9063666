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

  /** What iproute2, containerd and strace say of a creation that met the limit. */
  private static final Pattern NO_ROOM =
      Pattern.compile(
          "[Nn]etwork namespace\\b.{0,100}\\b[Nn]o space left on device"
              + "|\\bunshare\\([^)]{0,80}CLONE_NEWNET[^)]{0,80}\\) {1,16}= -1 ENOSPC\\b");

  private static final String NO_ROOM_WORDS =
      "a creation failed at once with \"No space left on device\": as many network namespaces exist as"
          + " user.max_net_namespaces allows; those that wait to be torn down count, so that is"
          + " what a cleanup that does not get on leads to, too (sysctl user.max_net_namespaces;"
          + " lsns -t net)";

  /** What LXC says of the same, whichever of the limits it met. */
  private static final Pattern NO_ROOM_OF_LXC =
      Pattern.compile(
          "\\bNo space left on device - Failed to (?:clone|unshare)\\b.{0,40}namespace");

  private static final String NO_ROOM_OF_LXC_WORDS =
      "a creation failed at once with \"No space left on device\": as many namespaces of some kind exist"
          + " as a limit allows; if it is that of the network namespaces, those that wait to be torn"
          + " down count (sysctl user; lsns -t net)";

  /** A condition of node-problem-detector; of healthy nodes it is False. */
  private static final Pattern REFERENCED =
      Pattern.compile(
          "(?<!No)FrequentUnregisterNetDevice\\b\\W{1,5}(?:is now\\W{1,3}|status\\W{1,4})?True\\b");

  private static final String REFERENCED_WORDS =
      "node-problem-detector has the condition FrequentUnregisterNetDevice: the kernel log often says"
          + " that a network device is still referenced (dmesg | grep unregister_netdevice); a"
          + " cleanup of namespaces that waits for it holds their lock";

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
      findings.used(Format.NAMESPACE_LIST, line.number());
      return true;
    }
    if (NAMED.matcher(text).matches() || COMMAND.matcher(text).matches()) {
      findings.recognised(
          Format.NAMESPACE_LIST, line.number(), "names alone say nothing of trouble");
      return true;
    }
    if (NO_ROOM.matcher(text).find()) {
      findings.suspicion(NO_ROOM_WORDS);
      findings.used(Format.NAMESPACE_LIST, line.number());
      return true;
    }
    if (NO_ROOM_OF_LXC.matcher(text).find()) {
      findings.suspicion(NO_ROOM_OF_LXC_WORDS);
      findings.used(Format.NAMESPACE_LIST, line.number());
      return true;
    }
    if (text.contains("FrequentUnregisterNetDevice") && REFERENCED.matcher(text).find()) {
      findings.suspicion(REFERENCED_WORDS);
      findings.used(Format.DEVICE_REFERENCE, line.number());
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
