package io.netnswatch.streams.state;

import static io.netnswatch.streams.state.StateFields.FLOAT64;
import static io.netnswatch.streams.state.StateFields.INT32;
import static io.netnswatch.streams.state.StateFields.TEXT;

import io.netnswatch.detection.BootState;
import io.netnswatch.detection.BootTrack;
import io.netnswatch.detection.BootTrack.CollectorRun;
import io.netnswatch.detection.ConditionState;
import io.netnswatch.detection.HostState;
import io.netnswatch.detection.HostState.EndedBoot;
import io.netnswatch.detection.HostWindow;
import io.netnswatch.detection.LastIncident;
import io.netnswatch.detection.OpenIncident;
import io.netnswatch.detection.Reported;
import io.netnswatch.detection.SignatureLabels;
import io.netnswatch.detection.SignatureState;
import io.netnswatch.detection.Standstill;
import io.netnswatch.detection.cause.Role;
import io.netnswatch.detection.cause.Task;
import io.netnswatch.detection.evidence.BlockedCreation;
import io.netnswatch.detection.evidence.BootEvidence;
import io.netnswatch.detection.evidence.CleanupWorker;
import io.netnswatch.detection.evidence.CreatorsSeen;
import io.netnswatch.detection.evidence.CreatorsSeen.Creator;
import io.netnswatch.detection.evidence.DeviceReference;
import io.netnswatch.detection.evidence.FragmentImbalance;
import io.netnswatch.detection.evidence.HotCode;
import io.netnswatch.detection.evidence.SeenTask;
import io.netnswatch.detection.evidence.SlowCreation;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.detection.evidence.Suspect;
import io.netnswatch.detection.signature.Kernel;
import io.netnswatch.schema.Severity;
import io.netnswatch.streams.state.StateFields.Layout;
import java.util.List;

/**
 * The fields of each record that is stored, in the order of its constructor. A change here is
 * another {@link StateOutput#FORMAT}.
 */
final class StateLayouts {

  private StateLayouts() {}

  private static final Layout<SourceRef> SOURCE =
      (fields, it) ->
          new SourceRef(
              fields.text(it, SourceRef::topic),
              fields.int32(it, SourceRef::partition),
              fields.int64(it, SourceRef::offset));

  private static final Layout<Kernel> KERNEL =
      (fields, it) ->
          new Kernel(fields.text(it, Kernel::release), fields.optional(it, Kernel::version, TEXT));

  private static final Layout<HotCode> HOT_CODE =
      (fields, it) ->
          new HotCode(
              fields.text(it, HotCode::signatureId),
              HotCode.Origin.valueOf(fields.text(it, hot -> hot.origin().name())),
              fields.text(it, HotCode::symbol),
              fields.float64(it, HotCode::cpus),
              fields.int64(it, HotCode::samples),
              fields.text(it, HotCode::comm),
              fields.int32(it, HotCode::pid),
              fields.list(it, HotCode::callPath, TEXT),
              fields.int64(it, HotCode::observedAtMs),
              fields.optional(it, HotCode::source, SOURCE));

  private static final Layout<BlockedCreation> BLOCKED_CREATION =
      (fields, it) ->
          new BlockedCreation(
              fields.text(it, BlockedCreation::origin),
              fields.optional(it, BlockedCreation::pid, INT32),
              fields.optional(it, BlockedCreation::comm, TEXT),
              fields.optional(it, BlockedCreation::netnsName, TEXT),
              fields.int64(it, BlockedCreation::startedAtMs),
              fields.int64(it, BlockedCreation::observedAtMs),
              fields.optional(it, BlockedCreation::state, TEXT),
              fields.optional(it, BlockedCreation::wchan, TEXT),
              fields.list(it, BlockedCreation::stack, TEXT),
              fields.optional(it, BlockedCreation::source, SOURCE));

  private static final Layout<SlowCreation> SLOW_CREATION =
      (fields, it) ->
          new SlowCreation(
              fields.text(it, SlowCreation::commandId),
              fields.int64(it, SlowCreation::startedAtMs),
              fields.int64(it, SlowCreation::observedAtMs),
              fields.optional(it, SlowCreation::source, SOURCE));

  private static final Layout<CleanupWorker> WORKER =
      (fields, it) ->
          new CleanupWorker(
              fields.int32(it, CleanupWorker::pid),
              fields.text(it, CleanupWorker::comm),
              fields.text(it, CleanupWorker::state),
              fields.optional(it, CleanupWorker::cpuUse, FLOAT64),
              fields.flag(it, CleanupWorker::inCleanup),
              fields.list(it, CleanupWorker::stack, TEXT),
              fields.int64(it, CleanupWorker::observedAtMs),
              fields.optional(it, CleanupWorker::source, SOURCE));

  private static final Layout<Suspect> SUSPECT =
      (fields, it) ->
          new Suspect(
              fields.text(it, Suspect::signatureId),
              fields.int32(it, Suspect::suggestion),
              fields.int32(it, Suspect::pid),
              fields.text(it, Suspect::comm),
              fields.text(it, Suspect::state),
              fields.list(it, Suspect::stack, TEXT),
              fields.int64(it, Suspect::observedAtMs),
              fields.optional(it, Suspect::source, SOURCE));

  private static final Layout<FragmentImbalance> IMBALANCE =
      (fields, it) ->
          new FragmentImbalance(
              fields.optional(it, FragmentImbalance::netnsName, TEXT),
              fields.optionalInt64(it, FragmentImbalance::netnsInode, 0),
              fields.optional(it, FragmentImbalance::pid, INT32),
              fields.text(it, FragmentImbalance::protocol),
              fields.int64(it, FragmentImbalance::memoryBytes),
              fields.int64(it, FragmentImbalance::observedAtMs),
              fields.optional(it, FragmentImbalance::source, SOURCE));

  private static final Layout<Creator> CREATOR =
      (fields, it) ->
          new Creator(fields.int32(it, Creator::pid), fields.int64(it, Creator::startedAtMs));

  private static final Layout<CreatorsSeen> CREATORS_SEEN = creatorsSeen(0);

  /**
   * What a snapshot saw of creations.
   *
   * @param nearMs a time it is mostly close to: then it takes few bytes
   */
  private static Layout<CreatorsSeen> creatorsSeen(long nearMs) {
    return (fields, it) ->
        new CreatorsSeen(
            nearMs + fields.int64(it, seen -> seen.atMs() - nearMs),
            fields.int32(it, CreatorsSeen::count),
            fields.optional(it, CreatorsSeen::created, INT32),
            fields.list(it, CreatorsSeen::listed, CREATOR),
            fields.optional(it, CreatorsSeen::source, SOURCE));
  }

  /** A list of names inside a list. */
  private static final Layout<List<String>> NAMES = (fields, it) -> fields.list(it, n -> n, TEXT);

  private static final Layout<Task> TASK =
      (fields, it) ->
          new Task(
              Task.Origin.valueOf(fields.text(it, task -> task.origin().name())),
              fields.int32(it, Task::pid),
              fields.text(it, Task::comm),
              fields.flag(it, Task::kernelThread),
              fields.text(it, Task::state),
              fields.optional(it, Task::cpuUse, FLOAT64),
              fields.list(it, Task::looks, NAMES),
              fields.optionalInt64(it, Task::sinceMs, 0),
              fields.int64(it, Task::observedAtMs));

  private static final Layout<SeenTask> SEEN_TASK =
      (fields, it) ->
          new SeenTask(
              fields.part(it, SeenTask::task, TASK),
              fields.int32(it, SeenTask::weight),
              fields.optional(it, SeenTask::source, SOURCE));

  private static final Layout<DeviceReference> DEVICE_REFERENCE =
      (fields, it) ->
          new DeviceReference(
              fields.text(it, DeviceReference::device),
              fields.optional(it, DeviceReference::usageCount, INT32),
              fields.list(it, DeviceReference::takenIn, TEXT),
              fields.int64(it, DeviceReference::observedAtMs),
              fields.optional(it, DeviceReference::source, SOURCE));

  private static final Layout<BootEvidence> BOOT_EVIDENCE =
      (fields, it) -> {
        String bootId = fields.text(it, BootEvidence::bootId);
        long firstMs = fields.int64(it, BootEvidence::firstEventMs);
        return new BootEvidence(
            bootId,
            firstMs,
            fields.optional(it, BootEvidence::kernel, KERNEL),
            fields.flag(it, BootEvidence::profiled),
            fields.flag(it, BootEvidence::measured),
            fields.flag(it, BootEvidence::looked),
            fields.list(it, BootEvidence::hotCode, HOT_CODE),
            fields.optionalInt64(it, BootEvidence::creationSucceededMs, firstMs),
            fields.optionalInt64(it, BootEvidence::promptCreationMs, firstMs),
            fields.optionalInt64(it, BootEvidence::slowestCreationMs, 0),
            fields.list(it, BootEvidence::slow, SLOW_CREATION),
            fields.optional(it, BootEvidence::creation, BLOCKED_CREATION),
            fields.list(it, BootEvidence::commands, INT32),
            fields.optional(it, BootEvidence::creators, creatorsSeen(firstMs)),
            fields.list(it, BootEvidence::workers, WORKER),
            fields.list(it, BootEvidence::suspects, SUSPECT),
            fields.list(it, BootEvidence::imbalances, IMBALANCE),
            fields.list(it, BootEvidence::tasks, SEEN_TASK),
            fields.list(it, BootEvidence::devices, DEVICE_REFERENCE));
      };

  private static final Layout<HostWindow> HOST_WINDOW =
      (fields, it) -> {
        BootEvidence evidence = fields.part(it, HostWindow::evidence, BOOT_EVIDENCE);
        long firstMs = evidence.firstEventMs();
        return new HostWindow(
            firstMs + fields.int64(it, window -> window.startMs() - firstMs), evidence);
      };

  static final Layout<List<HostWindow>> HOST_WINDOWS =
      (fields, it) -> fields.list(it, windows -> windows, HOST_WINDOW);

  private static final Layout<CollectorRun> COLLECTOR_RUN =
      (fields, it) ->
          new CollectorRun(
              fields.int64(it, CollectorRun::startedAtMs),
              fields.int64(it, CollectorRun::sequence),
              fields.int64(it, CollectorRun::clockSetAt));

  private static final Layout<Standstill> STANDSTILL =
      (fields, it) ->
          new Standstill(
              fields.int32(it, Standstill::pid),
              fields.text(it, Standstill::comm),
              Role.valueOf(fields.text(it, standstill -> standstill.role().name())),
              fields.text(it, Standstill::function),
              fields.optional(it, Standstill::waitsIn, TEXT),
              fields.text(it, Standstill::state),
              fields.optional(it, Standstill::cpuUse, FLOAT64),
              fields.list(it, Standstill::frames, TEXT),
              fields.int64(it, Standstill::sinceMs),
              fields.int64(it, Standstill::observedAtMs),
              fields.optional(it, Standstill::source, SOURCE));

  private static final Layout<ConditionState> CONDITION_STATE =
      (fields, it) ->
          new ConditionState(
              fields.optional(it, ConditionState::hot, HOT_CODE),
              fields.optional(it, ConditionState::creation, BLOCKED_CREATION),
              fields.list(it, ConditionState::slow, SLOW_CREATION),
              fields.list(it, ConditionState::imbalances, IMBALANCE),
              fields.optional(it, ConditionState::standstill, STANDSTILL),
              fields.optional(it, ConditionState::worker, WORKER),
              fields.optional(it, ConditionState::suspect, SUSPECT),
              fields.list(it, ConditionState::tasks, SEEN_TASK),
              fields.list(it, ConditionState::devices, DEVICE_REFERENCE),
              fields.optional(it, ConditionState::blockedCount, INT32));

  private static final Layout<Reported> REPORTED =
      (fields, it) ->
          new Reported(
              fields.flag(it, Reported::recovering),
              fields.flag(it, Reported::silent),
              fields.int32(it, Reported::missing),
              fields.int32(it, Reported::suspected),
              fields.int32(it, Reported::namespaces),
              fields.int64(it, Reported::ageMs));

  private static final Layout<SignatureLabels> SIGNATURE_LABELS =
      (fields, it) ->
          new SignatureLabels(
              fields.text(it, SignatureLabels::version),
              Severity.valueOf(fields.text(it, labels -> labels.severity().name())),
              fields.text(it, SignatureLabels::component),
              fields.text(it, SignatureLabels::incidentClass),
              fields.text(it, SignatureLabels::headline),
              fields.text(it, SignatureLabels::runbook));

  private static final Layout<OpenIncident> OPEN_INCIDENT =
      (fields, it) ->
          new OpenIncident(
              fields.part(it, OpenIncident::labels, SIGNATURE_LABELS),
              fields.int64(it, OpenIncident::startedAtMs),
              fields.int64(it, OpenIncident::detectedAtMs),
              fields.int32(it, OpenIncident::nextStep),
              fields.int64(it, OpenIncident::updateFromMs),
              fields.part(it, OpenIncident::conditions, CONDITION_STATE),
              fields.part(it, OpenIncident::reported, REPORTED),
              fields.optionalInt64(it, OpenIncident::clearSinceMs, 0),
              fields.int32(it, OpenIncident::relapses),
              fields.flag(it, OpenIncident::silent));

  private static final Layout<LastIncident> LAST_INCIDENT =
      (fields, it) ->
          new LastIncident(
              fields.int64(it, LastIncident::startedAtMs),
              fields.int64(it, LastIncident::endedAtMs),
              fields.int32(it, LastIncident::relapses));

  private static final Layout<SignatureState> SIGNATURE_STATE =
      (fields, it) ->
          new SignatureState(
              fields.text(it, SignatureState::signatureId),
              fields.part(it, SignatureState::conditions, CONDITION_STATE),
              fields.optionalInt64(it, SignatureState::completeSinceMs, 0),
              fields.optional(it, SignatureState::open, OPEN_INCIDENT),
              fields.optional(it, SignatureState::last, LAST_INCIDENT));

  private static final Layout<BootState> BOOT_STATE =
      (fields, it) -> {
        String bootId = fields.text(it, BootState::bootId);
        Kernel kernel = fields.optional(it, BootState::kernel, KERNEL);
        Long succeededMs = fields.optionalInt64(it, BootState::creationSucceededMs, 0);
        long near = succeededMs == null ? 0 : succeededMs;
        return new BootState(
            bootId,
            kernel,
            succeededMs,
            fields.optionalInt64(it, BootState::promptCreationMs, near),
            fields.optionalInt64(it, BootState::profiledMs, near),
            fields.optionalInt64(it, BootState::lookedMs, near),
            fields.optionalInt64(it, BootState::finishedLatencyMs, 0),
            fields.optionalInt64(it, BootState::unblockedMs, near),
            fields.optional(it, BootState::creators, CREATORS_SEEN),
            fields.list(it, BootState::commands, INT32),
            fields.list(it, BootState::workers, WORKER),
            fields.list(it, BootState::tasks, SEEN_TASK),
            fields.list(it, BootState::devices, DEVICE_REFERENCE),
            fields.list(it, BootState::standstills, STANDSTILL),
            fields.list(it, BootState::signatures, SIGNATURE_STATE));
      };

  private static final Layout<BootTrack> BOOT_TRACK =
      (fields, it) -> {
        BootState state = fields.part(it, BootTrack::state, BOOT_STATE);
        long firstMs = fields.int64(it, BootTrack::firstEventMs);
        long latestMs =
            firstMs + fields.int64(it, track -> track.latestEventMs() - track.firstEventMs());
        return new BootTrack(
            state,
            firstMs,
            latestMs,
            latestMs + fields.int64(it, track -> track.foldedUntilMs() - track.latestEventMs()),
            fields.list(it, BootTrack::openWindows, HOST_WINDOW),
            fields.part(it, BootTrack::run, COLLECTOR_RUN),
            fields.optionalInt64(it, BootTrack::uptimeMs, 0),
            fields.int64(it, BootTrack::firstHeardMs),
            fields.int64(it, BootTrack::heardMs),
            fields.flag(it, BootTrack::interleaved));
      };

  private static final Layout<EndedBoot> ENDED_BOOT =
      (fields, it) ->
          new EndedBoot(fields.text(it, EndedBoot::bootId), fields.int64(it, EndedBoot::endedAtMs));

  static final Layout<HostState> HOST_STATE =
      (fields, it) ->
          new HostState(
              fields.list(it, HostState::boots, BOOT_TRACK),
              fields.list(it, HostState::ended, ENDED_BOOT));
}
