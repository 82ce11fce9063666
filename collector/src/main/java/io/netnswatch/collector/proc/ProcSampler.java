package io.netnswatch.collector.proc;

import static java.util.stream.Collectors.toUnmodifiableSet;

import io.netnswatch.collector.kmsg.KernelLog;
import io.netnswatch.schema.BlockedAt;
import io.netnswatch.schema.NetnsCounts;
import io.netnswatch.schema.ProcSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes snapshots of one host's {@code /proc}. Remembers the one before, to measure CPU use and how
 * long tasks have been blocked.
 *
 * <p>Light by looking twice: {@code stat} of every process ({@link TaskSurvey}), and more only of
 * those that are hot, blocked, run or are named so ({@link TaskExaminer}); of those that sleep only
 * while somebody is sought among them ({@link SleepingOwners}). Not thread-safe.
 */
public final class ProcSampler {

  /**
   * A snapshot without its envelope, and the namespace commands seen in it.
   *
   * @param snapshot all fields but the envelope's are set
   * @param commands processes running namespace commands
   * @param kernelMs when, in milliseconds of the kernel's clock, from an origin that stays
   */
  public record Sample(
      ProcSnapshot.Builder snapshot, List<NamespaceTask> commands, long kernelMs) {}

  private static final int MAX_PLACEHOLDER_NAMES = 16;

  /** Namespaces are looked for in every sixth snapshot of the default cadence. */
  private static final long NAMESPACE_SCAN_EVERY_MS = 29_000;

  private static final Pattern MODULE =
      Pattern.compile(
          "^(nf_defrag_ipv[46]|nf_conntrack\\w*|br_netfilter|veth|vxlan|openvswitch|rxrpc) ",
          Pattern.MULTILINE);

  private final @Nullable Path runNetns;
  private final @Nullable LongSupplier liveClock;
  private final TaskSurvey survey = new TaskSurvey();
  private final SleepingOwners sleepingOwners = new SleepingOwners();
  private final TaskExaminer examiner = new TaskExaminer();
  private final FragmentCounters fragmentCounters = new FragmentCounters();
  private final @Nullable CreatedNamespaces created;
  private @Nullable Clock previous;
  private @Nullable Namespaces namespaces;
  private @Nullable Long scannedAtMs;

  /**
   * The kernel's clock in one snapshot.
   *
   * @param nowMs reads it
   * @param wall whether it is the wall clock, for want of another
   */
  private record Clock(LongSupplier nowMs, long beganMs, boolean wall) {

    static Clock of(LongSupplier nowMs, boolean wall) {
      return new Clock(nowMs, nowMs.getAsLong(), wall);
    }
  }

  /**
   * Begins without memory. Times are those of the snapshots themselves: {@code uptime}, or the
   * clock they are recorded by where that is missing.
   *
   * @param runNetns where namespaces are bound to names, {@code /run/netns}; null if that was not
   *     recorded
   */
  public ProcSampler(@Nullable Path runNetns) {
    this(runNetns, null);
  }

  /**
   * Begins without memory.
   *
   * @param liveClock milliseconds of the running kernel's clock, read beside the ticks of each
   *     task; it neither is set nor goes on while the host is suspended
   */
  ProcSampler(@Nullable Path runNetns, @Nullable LongSupplier liveClock) {
    this.runNetns = runNetns;
    this.liveClock = liveClock;
    this.created = runNetns == null ? null : new CreatedNamespaces(runNetns);
  }

  /** Takes a snapshot of a host whose kernel log is not read. */
  public Sample sample(ProcFiles files, Instant at) throws IOException, ProcParseException {
    return sample(files, at, KernelLog.NONE);
  }

  /**
   * Takes a snapshot.
   *
   * @param files the host's /proc
   * @param at now
   * @param log tells where tasks hang whose stack can't be read
   * @throws IOException if the processes can't be listed or the kernel not be read
   * @throws ProcParseException if {@code stat} is malformed
   */
  public Sample sample(ProcFiles files, Instant at, KernelLog log)
      throws IOException, ProcParseException {
    ProcReading reading = new ProcReading(files);
    ProcStat stat = ProcStat.parse(reading.required("stat"));
    Long uptimeMs = reading.parsed(reading.optional("uptime"), Uptime::parseMs);
    Clock clock = clock(uptimeMs, at);
    Integer intervalMs = intervalMs(clock);
    if (previous != null && previous.wall() != clock.wall()) {
      examiner.forget();
    }
    Instant bootedAt = uptimeMs == null ? stat.bootTime() : at.minusMillis(uptimeMs);
    Moment now = new Moment(at, bootedAt, clock.beganMs(), intervalMs);
    List<Integer> pids = files.pids().stream().sorted().toList();
    TaskSurvey.Result surveyed =
        survey.survey(reading, pids, clock.nowMs(), intervalMs != null, examiner.followed());
    List<Candidate> candidates =
        new ArrayList<>(sleepingOwners.look(reading, pids, examiner.isRtnlOwnerSought()));
    Set<TaskId> owners = candidates.stream().map(Candidate::id).collect(toUnmodifiableSet());
    surveyed.candidates().stream()
        .filter(candidate -> !owners.contains(candidate.id()))
        .forEach(candidates::add);
    KernelLog.Said said = log.since(at, uptimeMs);
    TaskExaminer.Result tasks = examiner.examine(reading, candidates, said.entries(), now);
    Namespaces scanned = scanNamespaces(reading, pids, now.kernelMs());
    namespaces = scanned == null ? namespaces : scanned;
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
                    seen == null ? null : seen.reachable().size(),
                    seen == null ? null : seen.named().size(),
                    reading.parsed(reading.optional("slabinfo"), Slabinfo::netNamespaces)))
            .setFragmentCounters(fragmentCounters.read(reading, seen))
            .setPlaceholderCount(seen == null ? null : seen.placeholders().size())
            .setPlaceholderNames(seen == null ? List.of() : placeholderNames(seen))
            .setModulesOfInterest(modules == null ? null : modulesOfInterest(modules))
            .setTaskCounts(surveyed.counts())
            .setTasksOfInterest(tasks.tasks())
            .setTasksOmitted(surveyed.omitted() + tasks.omitted())
            .setBlockedCreationCount(tasks.blockedCreations())
            .setCreatedNetnsCount(
                created == null ? null : created.count(reading, surveyed.newPids(), scanned))
            .setKernelLog(said.entries())
            .setKernelLogOmitted(said.omitted())
            .setUnreadable(reading.unreadable());
    previous = clock;
    return new Sample(snapshot, tasks.commands(), clock.beganMs());
  }

  private Clock clock(@Nullable Long uptimeMs, Instant at) {
    if (liveClock != null) {
      return Clock.of(liveClock, false);
    }
    long recordedMs = uptimeMs == null ? at.toEpochMilli() : uptimeMs;
    return Clock.of(() -> recordedMs, uptimeMs == null);
  }

  private @Nullable Integer intervalMs(Clock clock) {
    Clock before = previous;
    if (before == null || before.wall() != clock.wall() || before.beganMs() >= clock.beganMs()) {
      return null;
    }
    return Math.toIntExact(Math.min(Integer.MAX_VALUE, clock.beganMs() - before.beganMs()));
  }

  /**
   * Where a process is now.
   *
   * @return null if it is gone or may not be looked at
   */
  public static @Nullable BlockedAt whereIs(ProcFiles files, int pid) {
    return TaskExaminer.whereIs(new ProcReading(files), String.valueOf(pid));
  }

  /** Null if it was not their turn, or they can't be read. */
  private @Nullable Namespaces scanNamespaces(
      ProcReading reading, List<Integer> pids, long kernelMs) {
    Long before = scannedAtMs;
    boolean isTurn = before == null || Math.abs(kernelMs - before) >= NAMESPACE_SCAN_EVERY_MS;
    if (runNetns == null || !isTurn) {
      return null;
    }
    scannedAtMs = kernelMs;
    try {
      return Namespaces.read(reading.files(), pids, runNetns);
    } catch (IOException e) {
      reading.note("namespaces: " + e);
      return null;
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
