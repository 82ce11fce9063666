package io.netnswatch.collector.proc;

import io.netnswatch.detection.cause.Role;
import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.TaskOfInterest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which tasks of interest a snapshot carries. Each group has a share that no crowd of another can
 * take: neither a disk that hangs nor hundreds of blocked creations hide who holds them up.
 */
final class TaskSelection {

  private static final int MAX_TASKS = 64;

  private static final Comparator<TaskOfInterest> HOTTEST =
      Comparator.comparing(
              TaskOfInterest::getCpuUse, Comparator.nullsLast(Comparator.reverseOrder()))
          .thenComparing(TaskOfInterest::getPid);

  private static final Comparator<TaskOfInterest> LONGEST_BLOCKED =
      Comparator.comparing(
              TaskOfInterest::getBlockedForMs, Comparator.nullsLast(Comparator.reverseOrder()))
          .thenComparing(TaskOfInterest::getPid);

  /** Kinds of tasks, in the order in which they are carried. */
  private enum Group {
    HOT_IN_NAMESPACE_CODE,
    /** May hold others up: cleanup, module, or a creation that runs. */
    SUSPECT,
    HOT,
    CREATION,
    DEVICES,
    OTHER
  }

  private static final int SHARE = MAX_TASKS / Group.values().length;

  private final Map<Group, List<TaskOfInterest>> groups = new EnumMap<>(Group.class);
  private final Map<Integer, Role> readAs = new HashMap<>();

  /**
   * Of those that have to do with rtnl, who holds it before who waits for it: many wait, and one
   * holds it.
   */
  private final Comparator<TaskOfInterest> ownersFirst =
      Comparator.comparing((TaskOfInterest task) -> readAs.get(task.getPid()) != Role.RTNL_OWNER)
          .thenComparing(task -> readAs.get(task.getPid()) == Role.RTNL_WAITER)
          .thenComparing(LONGEST_BLOCKED);

  private int size;

  /**
   * Adds one that may be carried.
   *
   * @param role what its stack says of it; null if nothing, or not known
   */
  void add(TaskOfInterest task, Set<KernelRole> roles, @Nullable Role role) {
    groups.computeIfAbsent(groupOf(task, roles), group -> new ArrayList<>()).add(task);
    if (role != null) {
      readAs.put(task.getPid(), role);
    }
    size++;
  }

  /** How many were added. */
  int size() {
    return size;
  }

  /** Those that are carried: each group's share, then the rest in the order of the groups. */
  List<TaskOfInterest> tasks() {
    groups.forEach((group, tasks) -> tasks.sort(order(group)));
    int room =
        MAX_TASKS - groups.values().stream().mapToInt(it -> Math.min(SHARE, it.size())).sum();
    List<TaskOfInterest> carried = new ArrayList<>();
    for (List<TaskOfInterest> tasks : groups.values()) {
      int share = Math.min(SHARE, tasks.size());
      int more = Math.min(room, tasks.size() - share);
      room -= more;
      carried.addAll(tasks.subList(0, share + more));
    }
    return carried;
  }

  private Comparator<TaskOfInterest> order(Group group) {
    return switch (group) {
      case HOT, HOT_IN_NAMESPACE_CODE -> HOTTEST;
      case DEVICES -> ownersFirst;
      case SUSPECT, CREATION, OTHER -> LONGEST_BLOCKED;
    };
  }

  private static Group groupOf(TaskOfInterest task, Set<KernelRole> roles) {
    boolean inNamespaceCode = roles.stream().anyMatch(role -> role != KernelRole.RTNL);
    if (task.getReasons().contains(InterestReason.HOT_KERNEL_THREAD)) {
      return inNamespaceCode ? Group.HOT_IN_NAMESPACE_CODE : Group.HOT;
    }
    if (roles.contains(KernelRole.CLEANUP) || roles.contains(KernelRole.PERNET)) {
      return Group.SUSPECT;
    }
    if (roles.contains(KernelRole.CREATION)) {
      return task.getState().equals("R") ? Group.SUSPECT : Group.CREATION;
    }
    return roles.contains(KernelRole.RTNL) ? Group.DEVICES : Group.OTHER;
  }
}
