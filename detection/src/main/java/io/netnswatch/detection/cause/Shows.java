package io.netnswatch.detection.cause;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a cause shows in the task at the root of the chain of waits. Every demand must be met.
 *
 * @param roles roles that task may have
 * @param any functions of which one must be on its stack, or {@code f<g} for a function and the one
 *     that called it, where what lies between is inlined; empty for no such demand
 * @param all functions that must all be on it
 * @param may functions that make it likelier
 * @param mustNot functions of which none may be on it
 * @param waits what it may wait for; empty for no such demand
 * @param heldBy functions of which one must have taken a reference to the device that is waited
 *     for, by what the kernel's reference tracker says; empty for no such demand
 * @param log category of a kernel log entry that shows it as well; null for none
 * @param activity whether it must run hot or sleep
 * @param phase whether it must be in an init or an exit handler; null for either
 * @param moving whether several looks at it must differ
 */
public record Shows(
    Set<Role> roles,
    List<String> any,
    List<String> all,
    List<String> may,
    List<String> mustNot,
    Set<WaitKind> waits,
    List<String> heldBy,
    @Nullable String log,
    Activity activity,
    @Nullable Phase phase,
    boolean moving) {

  /** What a task does. */
  public enum Activity {
    HOT,
    ASLEEP,
    ANY
  }

  /** Which kind of handler a task is in. */
  public enum Phase {
    INIT,
    EXIT
  }

  /** A task in state R that measurably uses less of a CPU than that is not hot. */
  private static final double LEAST_HOT_CPUS = 0.2;

  public Shows {
    Expect.present("shows.roles", roles);
    Expect.present("shows.activity", activity);
    roles = Set.copyOf(roles);
    any = listed("any", any);
    all = listed("all", all);
    may = listed("may", may);
    mustNot = listed("must_not", mustNot);
    heldBy = listed("held_by", heldBy);
    waits = waits == null ? Set.of() : Set.copyOf(waits);
    Expect.that(!roles.isEmpty(), "shows.roles must not be empty");
    Expect.that(
        !any.isEmpty()
            || !all.isEmpty()
            || !waits.isEmpty()
            || phase != null
            || moving
            || roles.equals(Set.of(Role.RTNL_OWNER)),
        "shows: one of any, all, waits, phase and moving must demand something");
  }

  /**
   * Whether it shows.
   *
   * @param root the task at the root of the chain of waits
   * @param devices those that are waited for
   */
  boolean fit(Reading root, List<HeldDevice> devices) {
    List<String> frames = framesOf(root);
    return roles.contains(root.role())
        && (any.isEmpty() || hasOneOf(frames, any))
        && all.stream().allMatch(name -> hasOneOf(frames, List.of(name)))
        && !hasOneOf(frames, mustNot)
        && (waits.isEmpty() || waits.contains(root.waitsFor()))
        && waits.contains(WaitKind.DIED) == root.task().isDead()
        && (!root.waitsFor().isOfItsOwn() || waits.contains(root.waitsFor()))
        && areHeld(devices)
        && fitsActivity(root)
        && (phase == null || (root.function() != null && (phase == Phase.EXIT) == root.exiting()))
        && (!moving || root.moving());
  }

  /** Whether the devices that the log names show it. */
  boolean fitLog(List<HeldDevice> devices) {
    return "DEVICE_REFERENCE".equals(log) && areHeld(devices);
  }

  private boolean areHeld(List<HeldDevice> devices) {
    return heldBy.isEmpty()
        || devices.stream().anyMatch(device -> hasOneOf(device.takenIn(), heldBy));
  }

  boolean mayShowIn(Collection<String> functions) {
    return roles.contains(Role.CLEANUP) && hasOneOf(functions, any);
  }

  /** How much it demands: the more, the better a fit explains. */
  int demands() {
    return all.size()
        + (any.isEmpty() ? 0 : 1)
        + (waits.isEmpty() ? 0 : 1)
        + (heldBy.isEmpty() ? 0 : 1)
        + (phase == null ? 0 : 1)
        + (moving ? 1 : 0)
        + (activity == Activity.ANY ? 0 : 1);
  }

  long likelihood(Reading root) {
    List<String> frames = framesOf(root);
    return may.stream().filter(name -> hasOneOf(frames, List.of(name))).count();
  }

  private boolean fitsActivity(Reading root) {
    Task task = root.task();
    Double cpuUse = task.cpuUse();
    return switch (activity) {
      case ANY -> true;
      case ASLEEP -> !task.isRunning();
      case HOT ->
          task.isHot()
              || (task.isRunning() && (cpuUse == null || cpuUse >= LEAST_HOT_CPUS))
              || (task.isOfUnknownState() && root.waitsFor() == WaitKind.UNKNOWN);
    };
  }

  private static List<String> framesOf(Reading root) {
    return root.task().looks().stream().flatMap(List::stream).toList();
  }

  private static boolean hasOneOf(Collection<String> frames, List<String> patterns) {
    for (String pattern : patterns) {
      int caller = pattern.indexOf('<');
      if (caller < 0
          ? has(frames, pattern)
          : hasCall(frames, pattern.substring(0, caller), pattern.substring(caller + 1))) {
        return true;
      }
    }
    return false;
  }

  private static boolean has(Collection<String> frames, String pattern) {
    for (String frame : frames) {
      if (names(pattern, frame)) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasCall(Collection<String> frames, String called, String caller) {
    boolean before = false;
    for (String frame : frames) {
      if (before && names(caller, frame)) {
        return true;
      }
      before = names(called, frame);
    }
    return false;
  }

  private static boolean names(String pattern, String function) {
    if (pattern.startsWith("*")) {
      return function.endsWith(pattern.substring(1));
    }
    return pattern.endsWith("*")
        ? function.startsWith(pattern.substring(0, pattern.length() - 1))
        : function.equals(pattern);
  }

  private static List<String> listed(String key, @Nullable List<String> names) {
    List<String> list = names == null ? List.of() : List.copyOf(names);
    Stream<String> wrong =
        list.stream().filter(name -> !name.matches("\\w+\\*?|\\*\\w+|\\w+<\\w+\\*?"));
    wrong
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "shows."
                      + key
                      + " must name functions, at most with a * at one end, or two as f<g: "
                      + name);
            });
    return list;
  }
}
