package io.netnswatch.detection.evidence;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A living namespace whose fragment memory counter is out of balance.
 *
 * @param netnsName its name; null if it has none
 * @param netnsInode its inode number in nsfs; null if unknown
 * @param pid a process inside it; null if unknown
 * @param protocol IPV4 or IPV6
 * @param memoryBytes the counter, signed, in bytes
 * @param observedAtMs when it was read, epoch milliseconds
 * @param source record it was read from
 */
public record FragmentImbalance(
    @Nullable String netnsName,
    @Nullable Long netnsInode,
    @Nullable Integer pid,
    String protocol,
    long memoryBytes,
    long observedAtMs,
    @Nullable SourceRef source) {

  /** So many namespaces of a host are kept. */
  public static final int MAX_PER_HOST = 8;

  /** Latest is greater, then furthest below 0; the rest only makes the order total. */
  static final Comparator<FragmentImbalance> BY_TIME =
      Comparator.comparingLong(FragmentImbalance::observedAtMs)
          .thenComparing(Comparator.comparingLong(FragmentImbalance::memoryBytes).reversed())
          .thenComparing(FragmentImbalance::namespace)
          .thenComparing(FragmentImbalance::pid, Merge.NUMBER)
          .thenComparing(FragmentImbalance::source, Merge.EARLIEST_SOURCE);

  /** One line that names the namespace: by name, else by a process inside it. */
  public String namespace() {
    String unnamed = pid != null ? "of pid " + pid : "net:[" + netnsInode + "]";
    String known = netnsName != null ? netnsName : unnamed;
    return known + " " + protocol;
  }
}
