package io.netnswatch.detection.evidence;

import io.netnswatch.detection.cause.Task;
import io.netnswatch.detection.evidence.CreatorsSeen.Creator;
import io.netnswatch.detection.evidence.Evidence.CreationBlocked;
import io.netnswatch.detection.evidence.Evidence.CreationSucceeded;
import io.netnswatch.detection.evidence.Evidence.Irrelevant;
import io.netnswatch.detection.evidence.Evidence.Observation;
import io.netnswatch.detection.evidence.Evidence.Profile;
import io.netnswatch.detection.evidence.Evidence.Snapshot;
import io.netnswatch.detection.signature.Kernel;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.SymbolName;
import io.netnswatch.schema.BlockedAt;
import io.netnswatch.schema.CommandOrigin;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.FragmentCounter;
import io.netnswatch.schema.KernelLogEntry;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.StackLook;
import io.netnswatch.schema.SymbolSamples;
import io.netnswatch.schema.TaskOfInterest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Reduces an event to the few numbers that a signature can use. */
public final class Projection {

  private final List<Signature> signatures;
  private final HotCodeFinder hotCode;
  private final FunctionSet callers;
  private final Set<String> creationFunctions;
  private final long slowAfterMs;
  private final long balancedFromBytes;

  public Projection(List<Signature> signatures) {
    this.signatures = signatures.stream().sorted(Comparator.comparing(Signature::id)).toList();
    this.hotCode = new HotCodeFinder(this.signatures);
    this.callers = new FunctionSet(EventRules.callers(signatures));
    this.creationFunctions = EventRules.creationFunctions(signatures);
    this.slowAfterMs = EventRules.slowAfterMs(signatures);
    this.balancedFromBytes =
        signatures.stream()
            .map(Signature::fragments)
            .filter(fragments -> fragments != null)
            .mapToLong(Signature.Fragments::belowBytes)
            .max()
            .orElse(Long.MIN_VALUE);
  }

  /**
   * Projects a piece of telemetry.
   *
   * @param event a PerfSample, NetnsLatency or ProcSnapshot
   * @param source where it stands in Kafka; null if nowhere
   * @throws InvalidEventException if it says something impossible, or is no telemetry
   */
  public Evidence of(SpecificRecord event, @Nullable SourceRef source)
      throws InvalidEventException {
    if (event instanceof PerfSample sample) {
      return of(sample, source);
    }
    if (event instanceof NetnsLatency latency) {
      return of(latency, source);
    }
    if (event instanceof ProcSnapshot snapshot) {
      return of(snapshot, source);
    }
    throw new InvalidEventException("no telemetry: " + event.getSchema().getFullName());
  }

  private Evidence of(PerfSample sample, @Nullable SourceRef source) throws InvalidEventException {
    require(sample.getDurationMs() > 0, "duration_ms must be above 0");
    require(sample.getFrequencyHz() > 0, "frequency_hz must be above 0");
    long endMs = eventTime("started_at", sample.getStartedAt()) + sample.getDurationMs();
    List<SampledPath> paths = SampledPath.through(callers, sample);
    List<HotCode> hot = hotCode.in(sample, paths, endMs, source);
    for (HotCode code : hot) {
      requireShort("comm", code.comm());
      requireShort("call_paths", code.callPath());
      require(
          code.samples() >= 0 && code.samples() <= sample.getSampleCount(),
          "samples of " + code.symbol() + " must be at most sample_count");
    }
    return new Evidence(
        boot(sample.getHost(), sample.getBootId()),
        endMs,
        sample.getCollectorStartedAt().toEpochMilli(),
        sample.getSequence(),
        kernel(sample.getKernelRelease(), null),
        new Profile(
            isConclusive(sample), canonical(hot), TaskFinder.in(sample, paths, endMs, source)));
  }

  private static List<HotCode> canonical(List<HotCode> hot) {
    return Merge.greatest(
        Integer.MAX_VALUE, hot, List.of(), HotCode::signatureId, HotCode.BY_SIGNATURE_AND_HEAT);
  }

  private static boolean isConclusive(PerfSample sample) {
    long named = 0;
    long unnamed = 0;
    for (SymbolSamples entry : sample.getSymbols()) {
      if (isOfUser(entry.getModule())) {
        continue;
      }
      if (EventRules.isNameless(entry.getSymbol())) {
        unnamed += entry.getSamples();
      } else {
        named += entry.getSamples();
      }
    }
    return EventRules.isConclusive(
        sample.getCpuCount(),
        sample.getFrequencyHz(),
        sample.getDurationMs(),
        sample.getSampleCount(),
        sample.getLostCount(),
        named,
        unnamed);
  }

  /** Whether a module is a program's: those without symbols hide nothing of the kernel. */
  public static boolean isOfUser(@Nullable String module) {
    return module != null && EventRules.isOfUser(module);
  }

  private Evidence of(NetnsLatency latency, @Nullable SourceRef source)
      throws InvalidEventException {
    long startedAtMs = eventTime("started_at", latency.getStartedAt());
    long observedAtMs = eventTime("observed_at", latency.getObservedAt());
    require(startedAtMs <= observedAtMs, "started_at must not be after observed_at");
    requireShort("command_id", latency.getCommandId());
    requireShort("comm", latency.getComm());
    requireShort("netns_name", latency.getNetnsName());
    BlockedAt at = latency.getBlockedAt();
    if (at != null) {
      requireShort("blocked_at", at.getState(), at.getWchan());
      requireShort("blocked_at.stack", at.getStack());
    }
    return new Evidence(
        boot(latency.getHost(), latency.getBootId()),
        observedAtMs,
        latency.getCollectorStartedAt().toEpochMilli(),
        latency.getSequence(),
        kernel(latency.getKernelRelease(), null),
        observation(latency, startedAtMs, observedAtMs, source));
  }

  private Observation observation(
      NetnsLatency latency, long startedAtMs, long observedAtMs, @Nullable SourceRef source) {
    if (latency.getCommand() != NetnsCommand.ADD) {
      return new Irrelevant();
    }
    if (latency.getOutcome() == CommandOutcome.SUCCEEDED) {
      boolean slow = observedAtMs - startedAtMs >= slowAfterMs;
      boolean ofProbe = latency.getOrigin() == CommandOrigin.PROBE;
      return new CreationSucceeded(
          observedAtMs - startedAtMs,
          !slow,
          slow && ofProbe
              ? new SlowCreation(latency.getCommandId(), startedAtMs, observedAtMs, source)
              : null);
    }
    BlockedAt at = latency.getBlockedAt();
    return new CreationBlocked(
        new BlockedCreation(
            latency.getOrigin().name(),
            latency.getPid(),
            latency.getComm(),
            latency.getNetnsName(),
            startedAtMs,
            observedAtMs,
            at == null ? null : at.getState(),
            at == null ? null : at.getWchan(),
            at == null ? List.of() : orEmpty(at.getStack()),
            source));
  }

  private Evidence of(ProcSnapshot snapshot, @Nullable SourceRef source)
      throws InvalidEventException {
    long atMs = eventTime("collected_at", snapshot.getCollectedAt());
    List<CleanupWorker> workers = new ArrayList<>();
    List<HotCode> hot = new ArrayList<>();
    List<Suspect> suspects = new ArrayList<>();
    List<Creator> creators = new ArrayList<>(0);
    BlockedCreation creation = null;
    require(
        snapshot.getKernelVersion().length() <= EventRules.MAX_VERSION_LENGTH,
        "kernel_version must be of at most " + EventRules.MAX_VERSION_LENGTH + " characters");
    for (KernelLogEntry entry : snapshot.getKernelLog()) {
      requireShort("kernel_log", entry.getMessage(), entry.getComm(), entry.getDevice());
      requireShort("kernel_log.stack", entry.getStack());
      eventTime("kernel_log.logged_at", entry.getLoggedAt());
    }
    for (TaskOfInterest task : snapshot.getTasksOfInterest()) {
      requireShort("task", task.getComm(), task.getState(), task.getWchan());
      requireShort("task.stack", task.getStack());
      for (StackLook look : task.getMoreStacks()) {
        requireShort("task.more_stacks", look.getFrames());
      }
      List<String> stack = names(orEmpty(task.getStack()));
      if (isCreating(task, stack)) {
        BlockedCreation blocked = creation(task, atMs, source);
        creation = Merge.greater(creation, blocked, BlockedCreation.BY_AGE);
        creators.add(new Creator(task.getPid(), blocked == null ? atMs : blocked.startedAtMs()));
      } else {
        addSuspects(suspects, task, stack, atMs, source);
      }
      if (task.getKernelThread()) {
        addWorker(workers, task, stack, atMs, source);
        hot.addAll(hotCode.in(task, stack, atMs, source));
      }
    }
    return new Evidence(
        boot(snapshot.getHost(), snapshot.getBootId()),
        atMs,
        snapshot.getCollectorStartedAt().toEpochMilli(),
        snapshot.getSequence(),
        kernel(snapshot.getKernelRelease(), snapshot.getKernelVersion()),
        new Snapshot(
            snapshot.getUptimeMs(),
            snapshot.getIntervalMs() != null,
            Merge.greatest(
                CleanupWorker.MAX_PER_HOST,
                workers,
                List.of(),
                CleanupWorker::pid,
                CleanupWorker.BY_RELEVANCE),
            canonical(hot),
            creation,
            creatorsSeen(snapshot, creators, atMs, source),
            Merge.greatest(
                Integer.MAX_VALUE,
                suspects,
                List.of(),
                Suspect::signatureId,
                Suspect.BY_SIGNATURE_AND_WEIGHT),
            Merge.greatest(
                FragmentImbalance.MAX_PER_HOST,
                imbalances(snapshot, atMs, source),
                List.of(),
                FragmentImbalance::namespace,
                FragmentImbalance.BY_TIME),
            TaskFinder.in(snapshot, atMs, source),
            TaskFinder.devices(snapshot, source)));
  }

  private static @Nullable CreatorsSeen creatorsSeen(
      ProcSnapshot snapshot, List<Creator> listed, long atMs, @Nullable SourceRef source)
      throws InvalidEventException {
    Integer count = snapshot.getBlockedCreationCount();
    Integer created = snapshot.getCreatedNetnsCount();
    require(count == null || count >= 0, "blocked_creation_count must not be negative");
    require(created == null || created >= 0, "created_netns_count must not be negative");
    return count == null
        ? null
        : new CreatorsSeen(
            atMs,
            Math.max(count, listed.size()),
            created,
            CreatorsSeen.oldest(listed),
            count == 0 && listed.isEmpty() ? null : source);
  }

  private List<FragmentImbalance> imbalances(
      ProcSnapshot snapshot, long atMs, @Nullable SourceRef source) throws InvalidEventException {
    List<FragmentImbalance> found = new ArrayList<>();
    for (FragmentCounter counter : snapshot.getFragmentCounters()) {
      requireShort("netns_name", counter.getNetnsName());
      if (counter.getMemoryBytes() < balancedFromBytes && !isInitial(counter)) {
        found.add(
            new FragmentImbalance(
                counter.getNetnsName(),
                counter.getNetnsInode(),
                counter.getPid(),
                counter.getProtocol().name(),
                counter.getMemoryBytes(),
                atMs,
                source));
      }
    }
    return found;
  }

  /** The initial namespace is never deleted. */
  private static boolean isInitial(FragmentCounter counter) {
    return counter.getNetnsName() == null && Integer.valueOf(1).equals(counter.getPid());
  }

  private static void addWorker(
      List<CleanupWorker> workers,
      TaskOfInterest task,
      List<String> stack,
      long atMs,
      @Nullable SourceRef source) {
    boolean inCleanup = stack.contains(EventRules.CLEANUP);
    Double cpuUse = task.getCpuUse();
    boolean busy = EventRules.isKworker(task.getComm()) && EventRules.isBusy(cpuUse);
    if (inCleanup || busy) {
      workers.add(
          new CleanupWorker(
              task.getPid(),
              task.getComm(),
              task.getState(),
              cpuUse,
              inCleanup,
              stack,
              atMs,
              source));
    }
  }

  private void addSuspects(
      List<Suspect> suspects,
      TaskOfInterest task,
      List<String> stack,
      long atMs,
      @Nullable SourceRef source) {
    for (Signature signature : signatures) {
      for (int i = 0; i < signature.suggestions().size(); i++) {
        if (!stack.isEmpty() && signature.suggestions().get(i).fits(stack)) {
          suspects.add(
              new Suspect(
                  signature.id(),
                  i,
                  task.getPid(),
                  task.getComm(),
                  task.getState(),
                  stack,
                  atMs,
                  source));
          break;
        }
      }
    }
  }

  private boolean isCreating(TaskOfInterest task, List<String> stack) {
    String wchan = task.getWchan();
    return !task.getKernelThread()
        && !task.getState().equals(Task.DEAD) // it creates nothing any more
        && (stack.stream().anyMatch(creationFunctions::contains)
            || (wchan != null
                && creationFunctions.contains(SymbolName.withoutCompilerSuffix(wchan))));
  }

  private static @Nullable BlockedCreation creation(
      TaskOfInterest task, long atMs, @Nullable SourceRef source) throws InvalidEventException {
    Long blockedForMs = task.getBlockedForMs();
    if (blockedForMs == null) {
      return null;
    }
    require(blockedForMs >= 0 && blockedForMs <= atMs, "blocked_for_ms must not be negative");
    return new BlockedCreation(
        "PROC",
        task.getPid(),
        task.getComm(),
        null,
        atMs - blockedForMs,
        atMs,
        task.getState(),
        task.getWchan(),
        orEmpty(task.getStack()),
        source);
  }

  private static List<String> names(List<String> stack) {
    return stack.stream().map(SymbolName::withoutCompilerSuffix).toList();
  }

  private static Kernel kernel(String release, @Nullable String version)
      throws InvalidEventException {
    requireShort("kernel_release", release);
    return new Kernel(release, version);
  }

  private static String boot(String host, String bootId) throws InvalidEventException {
    require(
        !host.isBlank()
            && host.length() <= EventRules.MAX_HOST_LENGTH
            && EventRules.isPrintable(host),
        "host must be of 1 to " + EventRules.MAX_HOST_LENGTH + " characters, and none of control");
    require(!bootId.isBlank(), "boot_id must not be blank");
    requireShort("boot_id", bootId);
    return bootId;
  }

  private static long eventTime(String field, Instant time) throws InvalidEventException {
    long epochMs = time.toEpochMilli();
    require(epochMs > 0, field + " must be after 1970");
    return epochMs;
  }

  private static <T> List<T> orEmpty(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }

  private static void requireShort(String field, @Nullable String... texts)
      throws InvalidEventException {
    for (String text : texts) {
      require(
          text == null || text.length() <= EventRules.MAX_NAME_LENGTH,
          field + " must be of at most " + EventRules.MAX_NAME_LENGTH + " characters");
    }
  }

  private static void requireShort(String field, @Nullable List<String> frames)
      throws InvalidEventException {
    if (frames != null) {
      require(
          frames.size() <= EventRules.MAX_FRAMES,
          field + " must have at most " + EventRules.MAX_FRAMES + " frames");
      requireShort(field, frames.toArray(String[]::new));
    }
  }

  private static void require(boolean condition, String message) throws InvalidEventException {
    if (!condition) {
      throw new InvalidEventException(message);
    }
  }
}
