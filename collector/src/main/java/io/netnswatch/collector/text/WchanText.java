package io.netnswatch.collector.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The function that a task sleeps in, as people look at it: {@code cat /proc/2909/wchan} and the
 * line below, which may have a shell's prompt behind it, and below that the task's name where
 * {@code /proc/2909/comm} was asked for, too; or both in one line, as grep prints them.
 */
final class WchanText implements TextParser {

  private static final Pattern PATH =
      Pattern.compile(
          "(?:^|[\\s/=>\"'])proc/(\\d{1,9})/(?:task/(\\d{1,9})/)?wchan\\b(?::\\s{0,4}([a-z_]\\w{2,63})$)?");

  private static final Pattern FUNCTION = Pattern.compile("^(copy_net_ns|[a-z_]\\w{2,63}$)");

  private static final Pattern PROMPT = Pattern.compile("^\\S{1,64}(?: \\S{1,64})?[#$](?= )");

  /** TASK_COMM_LEN, without its end. */
  private static final int MOST_OF_A_NAME = 15;

  private final Findings findings;
  private @Nullable Integer pid;
  private @Nullable String comm;
  private @Nullable String waitsIn;
  private boolean named;

  /** Whether the name was asked for first. */
  private boolean nameFirst;

  /** The shell's, which stands behind what has no end of line. */
  private String prompt = "";

  WchanText(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean begins(TextLine line) {
    String text = line.text();
    Matcher path = text.length() <= 400 && text.contains("/wchan") ? PATH.matcher(text) : null;
    if (path == null || !path.find()) {
      return false;
    }
    end();
    pid = Integer.valueOf(path.group(2) != null ? path.group(2) : path.group(1));
    int name = text.indexOf("/proc/" + pid + "/comm");
    named = name >= 0;
    nameFirst = named && name < text.indexOf("/wchan");
    Matcher shell = PROMPT.matcher(text);
    prompt = shell.find() ? shell.group() : prompt;
    String behind = path.group(3);
    if (behind != null) {
      found(line, behind, null);
    }
    return true;
  }

  @Override
  public boolean goesOn(TextLine line) {
    int shell = prompt.isEmpty() ? 0 : line.text().indexOf(prompt);
    if (pid != null && shell > 0) {
      goesOn(line.withText(line.text().substring(0, shell)));
      begins(line.withText(line.text().substring(shell)));
      return true;
    }
    String text = line.stripped();
    if (nameFirst && pid != null && !text.isEmpty() && text.length() <= MOST_OF_A_NAME) {
      comm = text;
      nameFirst = false;
      named = false;
      return true;
    }
    String function = waitsIn;
    if (function != null && !text.isEmpty()) {
      found(line, function, text.length() <= MOST_OF_A_NAME ? text : null);
      return true;
    }
    Matcher waiting = FUNCTION.matcher(text);
    if (pid == null || !waiting.find()) {
      return begins(line);
    }
    if (named) {
      waitsIn = waiting.group(1);
    } else {
      found(line, waiting.group(1), comm);
    }
    return true;
  }

  private void found(TextLine line, String function, @Nullable String comm) {
    TaskSighting task = TaskSighting.of(pid, comm).withWchan(function);
    findings.used(Format.WCHAN, line.number());
    findings.task(line.stamp(), task.isCreating() ? task.withState("D") : task);
    end();
  }

  @Override
  public void end() {
    pid = null;
    waitsIn = null;
    comm = null;
    named = false;
    nameFirst = false;
  }
}
