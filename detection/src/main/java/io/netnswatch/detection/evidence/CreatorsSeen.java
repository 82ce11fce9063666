package io.netnswatch.detection.evidence;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that a snapshot saw inside the creation of a namespace. Only of a snapshot that could
 * tell: that there are none is good news.
 *
 * @param atMs time of the snapshot, epoch milliseconds
 * @param count how many there were, those not listed included
 * @param created how many namespaces were seen for the first time; null if that was not counted
 * @param listed the oldest of them, at most {@link #MAX_LISTED}
 * @param source record it was read from
 */
public record CreatorsSeen(
    long atMs,
    int count,
    @Nullable Integer created,
    List<Creator> listed,
    @Nullable SourceRef source) {

  /** So many are listed. */
  public static final int MAX_LISTED = 16;

  /**
   * A task inside the creation of a namespace.
   *
   * @param pid process id
   * @param startedAtMs since when it was seen there, epoch milliseconds
   */
  public record Creator(int pid, long startedAtMs) {

    static final Comparator<Creator> OLDEST_FIRST =
        Comparator.comparingLong(Creator::startedAtMs).thenComparingInt(Creator::pid);
  }

  /** Later is greater; the rest only makes the order total. */
  static final Comparator<CreatorsSeen> BY_TIME =
      Comparator.comparingLong(CreatorsSeen::atMs)
          .thenComparingInt(CreatorsSeen::count)
          .thenComparing(CreatorsSeen::created, Merge.NUMBER)
          .thenComparing(seen -> seen.listed.toString())
          .thenComparing(CreatorsSeen::source, Merge.EARLIEST_SOURCE);

  public CreatorsSeen {
    listed = List.copyOf(listed);
  }

  /** Of any number of creators the oldest. */
  static List<Creator> oldest(List<Creator> creators) {
    if (creators.isEmpty()) {
      return List.of(); // nearly always
    }
    return creators.stream().sorted(Creator.OLDEST_FIRST).limit(MAX_LISTED).toList();
  }

  /** Whether none is left out. */
  public boolean isComplete() {
    return count == listed.size();
  }

  /** Whether a task is among the listed. */
  public boolean lists(int pid) {
    return listed.stream().anyMatch(it -> it.pid() == pid);
  }
}
