package io.netnswatch.collector.bundle;

import java.util.Collection;
import java.util.Map;
import java.util.SortedSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a bundle says of itself without its manifest. That is written last, so that a copy which
 * broke off has none.
 */
final class AssumedManifest {

  private static final String UNKNOWN = "unknown";

  private static final Pattern LINE = Pattern.compile("(\\S.{0,1023})");
  private static final Pattern RELEASE = Pattern.compile("^Linux version (\\S{1,128})");
  private static final Pattern BOOTED = Pattern.compile("(?m)^btime (\\d{1,11})$");
  private static final Pattern CPU = Pattern.compile("(?m)^cpu\\d{1,5} ");

  private AssumedManifest() {}

  /**
   * Of what was recorded.
   *
   * @param snapshots files of /proc by their names, for each snapshot
   * @param times of everything recorded, epoch milliseconds; not empty
   */
  static Manifest of(Collection<Map<String, String>> snapshots, SortedSet<Long> times) {
    Recorded recorded = new Recorded(snapshots);
    String release =
        recorded.first("sys/kernel/osrelease", LINE, recorded.first("version", RELEASE, UNKNOWN));
    return new Manifest(
        Manifest.FORMAT,
        Manifest.UNNAMED_HOST,
        release,
        recorded.first("version", LINE, ""),
        recorded.cpus(),
        null,
        Long.parseLong(recorded.first("stat", BOOTED, "0")),
        times.first(),
        times.last());
  }

  private record Recorded(Collection<Map<String, String>> snapshots) {

    /** What the pattern finds in that file of the first snapshot that has it. */
    String first(String file, Pattern pattern, String otherwise) {
      return snapshots.stream()
          .map(files -> pattern.matcher(files.getOrDefault(file, "")))
          .filter(Matcher::find)
          .map(found -> found.group(1))
          .findFirst()
          .orElse(otherwise);
    }

    int cpus() {
      return snapshots.stream()
          .mapToInt(files -> (int) CPU.matcher(files.getOrDefault("stat", "")).results().count())
          .reduce(1, Math::max);
    }
  }
}
