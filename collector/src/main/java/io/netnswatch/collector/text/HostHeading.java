package io.netnswatch.collector.text;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The line that tools which ask several hosts put above what each answers: ansible, dshbak and
 * clush (a name between two rules), salt, parallel-ssh; scripts do likewise ({@code === node1
 * ===}), and so does a shell's prompt. Not thread-safe.
 */
final class HostHeading {

  /** Of ansible: {@code node1 | CHANGED | rc=0 >>} and {@code ok: [node1] => …}. */
  private static final Pattern ANSIBLE =
      Pattern.compile(
          "^(?:([\\w.-]{1,128}) \\| (?:SUCCESS|CHANGED|FAILED|UNREACHABLE)!? (?:\\||=>).*"
              + "|(?:ok|changed|fatal|failed): \\[([\\w.-]{1,128})\\](?:: \\w+!)?(?: =>.*)?)$");

  /** Of parallel-ssh: {@code [1] 11:02:33 [SUCCESS] node1}, for users and ports as well. */
  private static final Pattern PARALLEL =
      Pattern.compile(
          "^\\[\\d{1,6}\\] \\d\\d:\\d\\d:\\d\\d \\[(?:SUCCESS|FAILURE)\\] (?:[\\w.-]{1,64}@)?([\\w.-]{1,128})(?::\\d{1,5})?(?:"
              + " .{0,200})?$");

  /** What may be something else: only a name that hosts have counts. */
  private static final List<Pattern> UNSURE =
      List.of(
          Pattern.compile(
              "^[=#*>+-]{2,80} {0,3}(?:(?i:host|node|server):? {1,3})?([\\w.-]{1,128}):?(?:"
                  + " {0,3}[=#*<+-]{2,80})?$"),
          Pattern.compile(
              "^\\[?[\\w.-]{1,64}@([\\w.-]{1,128})[ :][^#$]{0,120}[#$](?: .{0,400})?$"));

  /** Of salt, which indents what is below. */
  private static final Pattern ABOVE_INDENTED = Pattern.compile("^([\\w.-]{1,128}):$");

  static final String INDENT = "    ";

  /** Of dshbak and clush; they write just so many dashes. */
  private static final Pattern RULE = Pattern.compile("^-{15,16}$");

  /** One host, or several that answered the same: {@code node[1-3] (3)}. */
  private static final Pattern BETWEEN_RULES =
      Pattern.compile("^([\\w.-]{1,128}(?:\\[[\\d,-]{1,128}\\])?)(?: \\(\\d{1,6}\\))?$");

  private boolean belowRule;

  /** Stands below a rule. */
  private @Nullable String name;

  /** Stands above what may be indented. */
  private @Nullable String above;

  /** Whether what the next line is depends on the lines before it. */
  boolean isWaiting() {
    return belowRule || name != null || above != null;
  }

  /**
   * The host that this line and the next ones are of; null if it does not say.
   *
   * @param indented whether the line was, before what stands before a log's time was taken off
   */
  @Nullable String read(String line, boolean indented) {
    String text = line.strip();
    String indenting = above;
    Matcher ofSalt = ABOVE_INDENTED.matcher(line);
    above =
        !indented && ofSalt.matches() && DocumentHosts.isHostsAlone(ofSalt.group(1))
            ? ofSalt.group(1)
            : null;
    if (indenting != null && indented) {
      return indenting;
    }
    String between = name;
    boolean below = belowRule;
    belowRule = RULE.matcher(text).matches();
    name = null;
    if (belowRule && between != null) {
      belowRule = false;
      return between;
    }
    Matcher named = below ? BETWEEN_RULES.matcher(text) : null;
    if (named != null && named.matches() && !DocumentHosts.isKind(named.group(1))) {
      name = named.group(1);
      return null;
    }
    Matcher ansible = ANSIBLE.matcher(text);
    if (ansible.matches()) {
      return ansible.group(1) != null ? ansible.group(1) : ansible.group(2);
    }
    Matcher parallel = PARALLEL.matcher(text);
    if (parallel.matches()) {
      return parallel.group(1);
    }
    for (Pattern form : UNSURE) {
      Matcher unsure = form.matcher(text);
      if (unsure.matches() && DocumentHosts.isHostsAlone(unsure.group(1))) {
        return unsure.group(1);
      }
    }
    return null;
  }
}
