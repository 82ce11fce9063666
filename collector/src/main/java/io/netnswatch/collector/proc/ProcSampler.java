package io.netnswatch.collector.proc;

import io.netnswatch.schema.BlockedAt;
import io.netnswatch.schema.NetnsCounts;
import io.netnswatch.schema.ProcSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes snapshots of one host's {@code /proc}. Remembers the one before, to measure CPU use and how
 * long tasks have been blocked.
 *
 * <p>Light by looking twice: {@code stat} of every process ({@link TaskSurvey}), and more only of
 * those that are hot, blocked or run a namespace command ({@link TaskExaminer}). Not thread-safe.
 */
public final class ProcSampler {

  /**
   * A snapshot without its envelope, and the namespace commands seen in it.
   *
   * @param snapshot all fields but the envelope's are set
   * @param commands processes running namespace commands
   */
  public record Sample(ProcSnapshot.Builder snapshot, List<NamespaceTask> commands) {}

  private static final int MAX_PLACEHOLDER_NAMES = 16;

  /** Namespaces are looked for in every sixth snapshot, every 30 s by default. */
  private static final int SNAPSHOTS_PER_NAMESPACE_SCAN = 6;

  private static final Pattern MODULE =
      Pattern.compile(
          "^(nf_defrag_ipv[46]|nf_conntrack\\w*|br_netfilter|veth|vxlan|openvswitch|rxrpc) ",
          Pattern.MULTILINE);

  private final @Nullable Path runNetns;
  private final TaskSurvey survey = new TaskSurvey();
  private final TaskExaminer examiner = new TaskExaminer();
  private final FragmentCounters fragmentCounters = new FragmentCounters();
  private @Nullable Instant previousAt;
  private @Nullable Namespaces namespaces;
  private int snapshots;

  /**
   * Begins without memory.
   *
   * @param runNetns where namespaces are bound to names, {@code /run/netns}; null if that was not
   *     recorded
   */
  public ProcSampler(@Nullable Path runNetns) {
    this.runNetns = runNetns;
  }

  /**
   * Takes a snapshot.
   *
   * @param files the host's /proc
   * @param at now
   * @throws IOException if the processes can't be listed or the kernel not be read
   * @throws ProcParseException if {@code stat} is malformed
   */
  public Sample sample(ProcFiles files, Instant at) throws IOException, ProcParseException {
    ProcReading reading = new ProcReading(files);
    ProcStat stat = ProcStat.parse(reading.required("stat"));
    Long uptimeMs = reading.parsed(reading.optional("uptime"), Uptime::parseMs);
    Instant bootTime = uptimeMs == null ? stat.bootTime() : at.minusMillis(uptimeMs);
    List<Integer> pids = files.pids().stream().sorted().toList();
    Integer intervalMs = intervalMs(at);
    TaskSurvey.Result surveyed = survey.look(reading, pids, intervalMs);
    TaskExaminer.Result tasks = examiner.look(reading, surveyed.candidates(), bootTime, at);
    scanNamespaces(reading, pids);
    Namespaces seen = namespaces;
    String modules = reading.optional("modules");
    String version = reading.optional("version");
    ProcSnapshot.Builder snapshot =
        ProcSnapshot.newBuilder()
            .setCollectedAt(at)
            .setIntervalMs(intervalMs)
            .setUptimeMs(uptimeMs)
            .setKernelVersion(version == null ? "" : version.strip())
            .setCpuCount(stat.cpuCount())
            .setNetnsCounts(
                new NetnsCounts(
                    seen == null ? null : seen.reachable(),
                    seen == null ? null : seen.named().size(),
                    reading.parsed(reading.optional("slabinfo"), Slabinfo::netNamespaces)))
            .setFragmentCounters(fragmentCounters.look(reading, seen))
            .setPlaceholderCount(seen == null ? null : seen.placeholders().size())
            .setPlaceholderNames(seen == null ? List.of() : placeholderNames(seen))
            .setModulesOfInterest(modules == null ? null : modulesOfInterest(modules))
            .setTaskCounts(surveyed.counts())
            .setTasksOfInterest(tasks.tasks())
            .setTasksOmitted(surveyed.omitted() + tasks.omitted())
            .setUnreadable(reading.unreadable());
    previousAt = at;
    snapshots++;
    return new Sample(snapshot, tasks.commands());
  }

  /**
   * Where a process is now.
   *
   * @return null if it is gone or may not be looked at
   */
  public static @Nullable BlockedAt whereIs(ProcFiles files, int pid) {
    return TaskExaminer.whereIs(new ProcReading(files), String.valueOf(pid));
  }

  private @Nullable Integer intervalMs(Instant at) {
    Instant before = previousAt;
    if (before == null || !before.isBefore(at)) {
      return null;
    }
    return Math.toIntExact(Math.min(Integer.MAX_VALUE, Duration.between(before, at).toMillis()));
  }

  private void scanNamespaces(ProcReading reading, List<Integer> pids) {
    if (runNetns == null || snapshots % SNAPSHOTS_PER_NAMESPACE_SCAN != 0) {
      return;
    }
    try {
      namespaces = Namespaces.read(reading.files(), pids, runNetns);
    } catch (IOException e) {
      reading.note("namespaces: " + e);
    }
  }

  private static List<String> placeholderNames(Namespaces seen) {
    List<String> names = seen.placeholders();
    return names.subList(0, Math.min(names.size(), MAX_PLACEHOLDER_NAMES));
  }

  private static List<String> modulesOfInterest(String modules) {
    return MODULE.matcher(modules).results().map(module -> module.group(1)).sorted().toList();
  }
}
