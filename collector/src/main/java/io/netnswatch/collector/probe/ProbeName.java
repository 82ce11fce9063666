package io.netnswatch.collector.probe;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Name of a probe's namespace, {@code netnswatch-probe-PID-N}.
 *
 * @param pid collector that made it
 * @param number counts the probes of that collector from 1
 */
public record ProbeName(long pid, long number) {
  /** What the names of all of them begin with. */
  public static final String PREFIX = "netnswatch-probe-";

  private static final Pattern FORM = Pattern.compile(PREFIX + "(\\d{1,10})-(\\d{1,18})");

  /** Empty if the name is not of that form: then it is not ours. */
  static Optional<ProbeName> parse(String name) {
    Matcher matcher = FORM.matcher(name);
    return matcher.matches()
        ? Optional.of(
            new ProbeName(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return PREFIX + pid + "-" + number;
  }
}
