package io.netnswatch.collector.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code /proc/PID/status}: whose pid it is, its name and state. */
final class ProcStatusText implements TextParser {

  private static final Pattern NAME = Pattern.compile("^Name:\\s{1,8}(\\S.{0,62})$");

  private static final Pattern FIELD =
      Pattern.compile(
          "^(Umask|State|Tgid|Ngid|Pid|PPid|TracerPid|Uid|Gid|FDSize|Groups|NS\\w{1,6}|Vm\\w{2,5}|Rss\\w{3,5}|Kthread"
              + "|HugetlbPages|CoreDumping|THP_enabled|Threads|SigQ|Sig\\w{3}|Shd\\w{3}|Cap\\w{3}|NoNewPrivs|Seccomp\\w{0,8}"
              + "|Speculation_\\w{4,32}|Cpus_allowed\\w{0,5}|Mems_allowed\\w{0,5}|voluntary_\\w{4,16}|nonvoluntary_\\w{4,16}"
              + "|untag_mask|x86_\\w{4,24}):\\s{0,8}(.{0,200})$");

  private final Findings findings;
  private @Nullable TextLine begun;
  private @Nullable String comm;
  private @Nullable String state;
  private @Nullable Integer pid;

  ProcStatusText(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean begins(TextLine line) {
    Matcher name = NAME.matcher(line.stripped());
    if (!name.matches()) {
      return false;
    }
    end();
    begun = line;
    comm = name.group(1);
    return true;
  }

  @Override
  public boolean goesOn(TextLine line) {
    Matcher field = FIELD.matcher(line.stripped());
    if (!field.matches()) {
      return begins(line);
    }
    String value = field.group(2).strip();
    if (field.group(1).equals("State") && value.matches("[RSDTtXZIKWP]\\b.*")) {
      state = value.substring(0, 1);
    } else if (field.group(1).equals("Pid") && value.matches("\\d{1,9}")) {
      pid = Integer.valueOf(value);
    }
    return true;
  }

  @Override
  public void end() {
    TextLine first = begun;
    if (first != null && pid != null && state != null) {
      findings.task(first.stamp(), TaskSighting.of(pid, comm).withState(state));
      findings.used(Format.PROC_STATUS, first.number());
    }
    begun = null;
    comm = null;
    state = null;
    pid = null;
  }
}
