package io.netnswatch.collector;

import io.netnswatch.collector.text.LogFinding;
import io.netnswatch.collector.text.TaskName;
import io.netnswatch.detection.cause.Reading;
import io.netnswatch.detection.cause.Role;
import io.netnswatch.detection.cause.StackReader;
import io.netnswatch.detection.evidence.SeenTask;
import io.netnswatch.schema.KernelLogEntry;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskOfInterest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel's log told of before the first snapshot, or later of tasks of which no snapshot
 * shows anything, in words. It opens no incident: no snapshot shows that it went on.
 */
final class EarlierLog {

  /** What is younger is as good as seen with the first snapshot. */
  private static final Duration LEAST_AGO = Duration.ofMinutes(1);

  /** What is older is another story. */
  private static final Duration LONGEST_AGO = Duration.ofHours(1);

  private static final int MOST = 4;

  private static final String NOT_SHOWN = "; no snapshot shows it there";

  private EarlierLog() {}

  /**
   * Of devices that are still referenced, and of tasks that hung over namespaces and that no
   * snapshot shows.
   *
   * @param snapshots by time
   */
  static List<String> words(List<ProcSnapshot> snapshots) {
    if (snapshots.isEmpty()) {
      return List.of();
    }
    Instant begin = snapshots.get(0).getCollectedAt();
    Map<String, List<KernelLogEntry>> ofDevices = new TreeMap<>();
    Map<Integer, KernelLogEntry> ofTasks = new TreeMap<>();
    for (ProcSnapshot snapshot : snapshots) {
      for (KernelLogEntry entry : snapshot.getKernelLog()) {
        if (!isEarlier(entry, begin)) {
          continue;
        }
        if (isOfDevice(entry)) {
          ofDevices.computeIfAbsent(entry.getDevice(), it -> new ArrayList<>()).add(entry);
        } else if (entry.getPid() != null) {
          ofTasks.put(entry.getPid(), entry);
        }
      }
    }
    ofTasks.keySet().removeAll(shown(snapshots));
    List<String> words = new ArrayList<>();
    ofDevices.forEach((device, entries) -> words.add(ofDevice(device, entries, begin)));
    ofTasks.forEach(
        (pid, entry) -> {
          String in = whereItHangs(entry, pid);
          if (in != null) {
            words.add(ofTask(pid, entry, in, begin));
          }
        });
    return words.subList(0, Math.min(MOST, words.size()));
  }

  /** Of tasks that hung over namespaces in the time of the snapshots, and that none shows there. */
  static List<String> unshown(List<ProcSnapshot> snapshots) {
    if (snapshots.isEmpty()) {
      return List.of();
    }
    Instant from = snapshots.get(0).getCollectedAt().minus(LEAST_AGO);
    Instant until = snapshots.get(snapshots.size() - 1).getCollectedAt().plus(LEAST_AGO);
    Map<Integer, String> words = new TreeMap<>();
    for (ProcSnapshot snapshot : snapshots) {
      for (KernelLogEntry entry : snapshot.getKernelLog()) {
        Integer pid = entry.getPid();
        Instant at = entry.getLoggedAt();
        boolean meanwhile = at.isAfter(from) && at.isBefore(until);
        String in =
            pid != null && meanwhile && isOfHungTask(entry) ? whereItHangs(entry, pid) : null;
        if (pid != null && in != null) {
          words.put(
              pid,
              "the kernel log reports of the time of the snapshots that "
                  + TaskName.of(pid, entry.getComm())
                  + " has hung"
                  + forSeconds(entry)
                  + " in "
                  + in
                  + NOT_SHOWN);
        }
      }
    }
    words.keySet().removeAll(shown(snapshots));
    return words.values().stream().limit(MOST).toList();
  }

  private static boolean isOfHungTask(KernelLogEntry entry) {
    return entry.getCategory().equals(LogFinding.Category.HUNG_TASK.name());
  }

  private static String forSeconds(KernelLogEntry entry) {
    Long ms = entry.getBlockedForMs();
    return ms == null ? "" : " for " + ms / 1_000 + " s";
  }

  /** Of tasks that hung over namespaces by a log of another time than the recording's. */
  static List<String> ofOtherTimes(List<KernelLogEntry> entries) {
    Map<Integer, String> words = new TreeMap<>();
    for (KernelLogEntry entry : entries) {
      Integer pid = entry.getPid();
      String in = pid == null ? null : whereItHangs(entry, pid);
      if (pid != null && in != null) {
        words.put(
            pid,
            "a kernel log among the notes, of another time than the recording, reports that "
                + TaskName.of(pid, entry.getComm())
                + " hung in "
                + in
                + ": that opens no incident");
      }
    }
    return words.values().stream().limit(MOST).toList();
  }

  /** Not what the reference tracker tells of the device besides. */
  private static boolean isOfDevice(KernelLogEntry entry) {
    return entry.getCategory().equals(LogFinding.Category.DEVICE_REFERENCE.name());
  }

  private static boolean isEarlier(KernelLogEntry entry, Instant begin) {
    Duration ago = Duration.between(entry.getLoggedAt(), begin);
    return ago.compareTo(LEAST_AGO) > 0 && ago.compareTo(LONGEST_AGO) <= 0;
  }

  /** Tasks of which a snapshot shows where they are. */
  private static Set<Integer> shown(List<ProcSnapshot> snapshots) {
    Set<Integer> pids = new HashSet<>();
    for (ProcSnapshot snapshot : snapshots) {
      for (TaskOfInterest task : snapshot.getTasksOfInterest()) {
        if (task.getWchan() != null || UnseenWorkers.hasStack(task)) {
          pids.add(task.getPid());
        }
      }
    }
    return pids;
  }

  private static @Nullable String whereItHangs(KernelLogEntry entry, int pid) {
    Reading reading = StackReader.read(SeenTask.taskOf(entry, pid));
    if (reading == null || reading.role() == Role.DEVICE_WORKER) {
      return null;
    }
    return reading.place();
  }

  private static String ofDevice(String device, List<KernelLogEntry> entries, Instant begin) {
    KernelLogEntry last = entries.get(entries.size() - 1);
    return "the kernel log said "
        + (entries.size() == 1 ? "once, " : entries.size() + " times, the last time ")
        + ago(last, begin)
        + ", that device "
        + device
        + " is still referenced: a cleanup of namespaces that waits for it holds their lock as long";
  }

  private static String ofTask(int pid, KernelLogEntry entry, String in, Instant begin) {
    return "the kernel log reported "
        + ago(entry, begin)
        + " that "
        + TaskName.of(pid, entry.getComm())
        + " hung in "
        + in
        + NOT_SHOWN;
  }

  private static String ago(KernelLogEntry entry, Instant begin) {
    long minutes = Duration.between(entry.getLoggedAt(), begin).toMinutes();
    return minutes + (minutes == 1 ? " minute" : " minutes") + " before the first snapshot";
  }
}
