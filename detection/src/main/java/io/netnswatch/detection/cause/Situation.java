package io.netnswatch.detection.cause;

import io.netnswatch.detection.signature.Kernel;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known when somebody asks who holds namespaces up.
 *
 * @param kernel the host's kernel; null if no event said
 * @param tasks those that have to do with namespaces, by whoever saw them
 * @param creation the creation that is blocked; null if none is
 * @param devices network devices that the kernel log says are waited for
 * @param perfLooked whether a conclusive perf slice has been seen: a worker that spins would be
 *     among the tasks
 * @param goesOn tasks that were seen to go from one handler to the next
 * @param hotPid task that runs the hot code of the signature that asks; null where it asks for none
 */
public record Situation(
    @Nullable Kernel kernel,
    List<Task> tasks,
    @Nullable Task creation,
    List<HeldDevice> devices,
    boolean perfLooked,
    Set<Integer> goesOn,
    @Nullable Integer hotPid) {

  public Situation {
    tasks = List.copyOf(tasks);
    goesOn = Set.copyOf(goesOn);
    devices = List.copyOf(devices);
  }
}
