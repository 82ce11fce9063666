package io.netnswatch.collector.proc;

import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code /proc/stat} (fs/proc/stat.c).
 *
 * @param cpuCount online CPUs
 * @param bootTime when the host was booted, to the second
 */
public record ProcStat(int cpuCount, Instant bootTime) {

  private static final Pattern CPU = Pattern.compile("^cpu\\d+ ", Pattern.MULTILINE);
  private static final Pattern BOOT_TIME =
      Pattern.compile("^btime (\\d{1,12})$", Pattern.MULTILINE);

  /**
   * Parses the file.
   *
   * @throws ProcParseException if a line is missing
   */
  public static ProcStat parse(String text) throws ProcParseException {
    int cpus = (int) CPU.matcher(text).results().count();
    Matcher bootTime = BOOT_TIME.matcher(text);
    if (cpus == 0 || !bootTime.find()) {
      throw new ProcParseException("stat", "lines cpu0 and btime", text);
    }
    return new ProcStat(cpus, Instant.ofEpochSecond(Long.parseLong(bootTime.group(1))));
  }
}
