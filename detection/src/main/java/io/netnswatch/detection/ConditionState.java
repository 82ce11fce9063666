package io.netnswatch.detection;

import io.netnswatch.detection.evidence.BlockedCreation;
import io.netnswatch.detection.evidence.CleanupWorker;
import io.netnswatch.detection.evidence.CreatorsSeen;
import io.netnswatch.detection.evidence.DeviceReference;
import io.netnswatch.detection.evidence.FragmentImbalance;
import io.netnswatch.detection.evidence.HotCode;
import io.netnswatch.detection.evidence.HotCode.Origin;
import io.netnswatch.detection.evidence.SeenTask;
import io.netnswatch.detection.evidence.SlowCreation;
import io.netnswatch.detection.evidence.Suspect;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What speaks for a signature.
 *
 * @param hot the hot code last seen; null if cleared
 * @param creation the blocked creation last seen; null if cleared
 * @param slow slow creations of late, oldest first
 * @param imbalances unbalanced fragment counters by namespace
 * @param standstill the task that holds the lock and stands still; null if none does
 * @param worker the kernel worker that goes with it; null if none was seen
 * @param suspect the task whose stack suggests what it is; null if none
 * @param tasks those that had to do with namespaces while all conditions held
 * @param devices network devices that the kernel log said were waited for then
 * @param blockedCount how many creations were blocked then; null if unknown
 */
public record ConditionState(
    @Nullable HotCode hot,
    @Nullable BlockedCreation creation,
    List<SlowCreation> slow,
    List<FragmentImbalance> imbalances,
    @Nullable Standstill standstill,
    @Nullable CleanupWorker worker,
    @Nullable Suspect suspect,
    List<SeenTask> tasks,
    List<DeviceReference> devices,
    @Nullable Integer blockedCount) {

  static final ConditionState NONE =
      new ConditionState(
          null, null, List.of(), List.of(), null, null, null, List.of(), List.of(), null);

  public ConditionState {
    slow = List.copyOf(slow);
    imbalances = List.copyOf(imbalances);
    tasks = List.copyOf(tasks);
    devices = List.copyOf(devices);
  }

  /** With what is known of the tasks around it. */
  ConditionState withTasksOf(BootState boot) {
    CreatorsSeen creators = boot.creators();
    return new ConditionState(
        hot,
        creation,
        slow,
        imbalances,
        standstill,
        worker,
        suspect,
        boot.tasks(),
        boot.devices(),
        creators == null ? null : Integer.valueOf(creators.count()));
  }

  /** These, and where something is no longer seen, or not as well, what was seen before. */
  ConditionState rememberingWhatOf(ConditionState before) {
    boolean lessOfHot =
        hot == null
            || (before.hot != null
                && hot.origin() == Origin.PROC
                && before.hot.origin() == Origin.PERF);
    return new ConditionState(
        lessOfHot ? before.hot : hot,
        creation != null ? creation : before.creation,
        slow.isEmpty() ? before.slow : slow,
        imbalances.isEmpty() ? before.imbalances : imbalances,
        standstill != null ? standstill : before.standstill,
        worker != null ? worker : before.worker,
        suspect != null ? suspect : before.suspect,
        tasks.isEmpty() ? before.tasks : Holders.remembered(before.tasks, tasks),
        devices.isEmpty() ? before.devices : devices,
        blockedCount != null ? blockedCount : before.blockedCount);
  }
}
