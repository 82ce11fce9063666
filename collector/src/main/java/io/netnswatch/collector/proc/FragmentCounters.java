package io.netnswatch.collector.proc;

import io.netnswatch.schema.FragmentCounter;
import io.netnswatch.schema.FragmentProtocol;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fragment counters below 0, of the initial namespace and of others in turn. Not thread-safe. */
final class FragmentCounters {

  private static final int MAX_FOUND = 64;

  /** Of so many namespaces the counters are read in one snapshot. */
  private static final int NAMESPACES_PER_SNAPSHOT = 32;

  private int next;

  /**
   * Reads counters.
   *
   * @param namespaces what is known of them; null if nothing is
   */
  List<FragmentCounter> read(ProcReading reading, @Nullable Namespaces namespaces) {
    List<FragmentCounter> found = new ArrayList<>();
    addAll(found, reading, "net/", null);
    if (namespaces == null || namespaces.inhabited().isEmpty()) {
      return found;
    }
    List<Namespaces.Inhabited> inhabited = namespaces.inhabited();
    int turns = Math.min(NAMESPACES_PER_SNAPSHOT, inhabited.size());
    for (int i = 0; i < turns && found.size() + 2 <= MAX_FOUND; i++) {
      next %= inhabited.size();
      Namespaces.Inhabited namespace = inhabited.get(next++);
      if (!InitialNamespace.is(reading.files(), namespace.inode())) {
        addAll(found, reading, namespace.pid() + "/net/", namespace);
      }
    }
    return found;
  }

  private static void addAll(
      List<FragmentCounter> found,
      ProcReading reading,
      String directory,
      Namespaces.@Nullable Inhabited inhabited) {
    add(found, reading, directory + "sockstat", FragmentProtocol.IPV4, inhabited);
    add(found, reading, directory + "sockstat6", FragmentProtocol.IPV6, inhabited);
  }

  private static void add(
      List<FragmentCounter> found,
      ProcReading reading,
      String file,
      FragmentProtocol protocol,
      Namespaces.@Nullable Inhabited inhabited) {
    Long memory = reading.parsed(reading.optional(file), Sockstat::fragmentMemory);
    if (memory != null && memory < 0 && stillInside(reading.files(), inhabited)) {
      found.add(
          new FragmentCounter(
              inhabited == null ? null : inhabited.inode(),
              inhabited == null ? null : inhabited.name(),
              inhabited == null ? Integer.valueOf(1) : Integer.valueOf(inhabited.pid()),
              protocol,
              memory));
    }
  }

  /** Process ids are reused: whoever has this one now may live in another namespace. */
  private static boolean stillInside(ProcFiles files, Namespaces.@Nullable Inhabited inhabited) {
    return inhabited == null
        || Long.valueOf(inhabited.inode()).equals(Namespaces.netInode(files, inhabited.pid()));
  }
}
