package io.netnswatch.detection.cause;

import static io.netnswatch.detection.cause.KernelFunctions.ALWAYS_TAKE_RTNL;
import static io.netnswatch.detection.cause.KernelFunctions.CLEANUP;
import static io.netnswatch.detection.cause.KernelFunctions.CREATION;
import static io.netnswatch.detection.cause.KernelFunctions.DEVICE_REFERENCES;
import static io.netnswatch.detection.cause.KernelFunctions.DEVICE_WORK;
import static io.netnswatch.detection.cause.KernelFunctions.EXIT_CALLERS;
import static io.netnswatch.detection.cause.KernelFunctions.GIVE_RTNL_BACK;
import static io.netnswatch.detection.cause.KernelFunctions.GRACE_PERIODS;
import static io.netnswatch.detection.cause.KernelFunctions.INIT_CALLERS;
import static io.netnswatch.detection.cause.KernelFunctions.LOAD_WITHOUT_RTNL;
import static io.netnswatch.detection.cause.KernelFunctions.MEMORY;
import static io.netnswatch.detection.cause.KernelFunctions.MODULE_REQUESTS;
import static io.netnswatch.detection.cause.KernelFunctions.MOMENTS;
import static io.netnswatch.detection.cause.KernelFunctions.MUTEX_WAITS;
import static io.netnswatch.detection.cause.KernelFunctions.NOTIFIER_WRITERS;
import static io.netnswatch.detection.cause.KernelFunctions.PERNET_WRITERS;
import static io.netnswatch.detection.cause.KernelFunctions.PRIMITIVES;
import static io.netnswatch.detection.cause.KernelFunctions.PROC_ENTRIES;
import static io.netnswatch.detection.cause.KernelFunctions.RTNL_HELD_BELOW;
import static io.netnswatch.detection.cause.KernelFunctions.RTNL_TAKERS;
import static io.netnswatch.detection.cause.KernelFunctions.RWSEM_WAITS;
import static io.netnswatch.detection.cause.KernelFunctions.SLEEPS;
import static io.netnswatch.detection.cause.KernelFunctions.SYSFS_ENTRIES;
import static io.netnswatch.detection.cause.KernelFunctions.TAKE_RTNL_FROM;
import static io.netnswatch.detection.cause.KernelFunctions.TIMERS;
import static io.netnswatch.detection.cause.KernelFunctions.UNDER_RTNL;
import static io.netnswatch.detection.cause.KernelFunctions.UNREGISTERING_WAITS;
import static io.netnswatch.detection.cause.KernelFunctions.WITHOUT_RTNL;
import static io.netnswatch.detection.cause.KernelFunctions.WORK_CALLERS;
import static io.netnswatch.detection.cause.KernelFunctions.WORK_FLUSHES;
import static java.util.stream.Collectors.partitioningBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads roles, handlers and waits from stacks. */
public final class StackReader {

  /** What a cleanup or a creation waits for that takes the lock of the namespaces as a writer. */
  static final String OWN_LOCK = "pernet_ops_rwsem for write, which it holds itself for read";

  /**
   * Stands in a stack above the function that took rtnl where a list of locks, and no function,
   * says that the task has it.
   */
  public static final String HOLDS_RTNL = "(holds rtnl_mutex)";

  /** Stands outermost in the stack of a task that has it by the kernel's own guess. */
  public static final String GUESSED_TO_HOLD_RTNL = "(likely holds rtnl_mutex: the kernel's guess)";

  /** Stands there where it follows from its work, and nobody else is seen to hold it. */
  static final String LIKELY_HOLDS_RTNL = "(likely holds rtnl_mutex)";

  /** Stands above cleanup_net where the same follows for the lock of the namespaces. */
  public static final String HOLDS_PERNET = "(holds pernet_ops_rwsem)";

  private static final String DEVICE_TODO = "netdev_run_todo";

  /** On the stack of whoever waits for the last reference to a device, above who removes it. */
  private static final NamePatterns DEVICE_REMOVALS =
      new NamePatterns(
          List.of(
              "netdev_wait_allrefs",
              "netdev_wait_allrefs_any",
              DEVICE_TODO,
              "rtnl_unlock",
              "unregister_netdev"));

  /** The lock itself, which the cleanup also takes around all handlers that want it. */
  private static final NamePatterns RTNL_LOCKS =
      new NamePatterns(
          List.of(
              "rtnl_lock",
              "rtnl_lock_killable",
              "__rtnl_lock",
              "rtnl_net_lock*",
              "rtnl_nets_lock",
              "rtnl_net_dev_lock"));

  /** Where the kernel is entered, or a worker: nothing is held below. */
  private static final NamePatterns ENTRIES =
      new NamePatterns(
          List.of(
              "rtnetlink_rcv",
              "rtnetlink_rcv_msg",
              "linkwatch_event",
              "dev_ioctl",
              "devinet_ioctl",
              "ip_rt_ioctl",
              "ipv6_route_ioctl"));

  private static final String NETLINK_MESSAGE = "rtnetlink_rcv_msg";

  /** Sleeps until it is woken: what it is called from holds no lock meanwhile. */
  private static final String WOKEN = "wait_woken";

  /** A socket that is opened or closed. */
  private static final NamePatterns SOCKETS =
      new NamePatterns(
          List.of(
              "__sock_create",
              "sock_create",
              "__sys_socket",
              "can_create",
              "__sock_release",
              "sock_close"));

  /** A sleeping device that is woken for what is done with it, in the task that does it. */
  private static final String RUNTIME_RESUME = "__pm_runtime_resume";

  /** Dumps of every netlink protocol; those of rtnetlink alone take rtnl. */
  private static final NamePatterns DUMPS =
      new NamePatterns(List.of("netlink_dump", "__netlink_dump_start"));

  private static final String CLEANUP_NET = "cleanup_net";

  private static final int MOST_LEFTOVERS = 2;

  /** How nearly all exit handlers are named. */
  private static final Pattern HANDLER =
      Pattern.compile("_(?:exit_net|net_exit|pernet_exit|pre_exit|exit_batch)(?:_\\w+)?$");

  /** Of modules, and of what they are named after: their own functions of loading and unloading. */
  private static final Pattern OF_A_MODULE =
      Pattern.compile(
          "do_one_initcall|do_init_module|load_module|finit_module|delete_module"
              + "|_init_module$|_cleanup_module$|_module_(?:init|exit)$|^rtnl_link_unregister$");

  private static final Pattern OF_AN_END =
      Pattern.compile("exit|cleanup|destroy|undo|fini|unregister|flush|purge|rollback");

  /** A look that names a handler, then the deeper one, says more. */
  private static final Comparator<Reading> BY_WORTH =
      Comparator.<Reading, Boolean>comparing(reading -> reading.function() != null)
          .thenComparing(reading -> reading.frames().size())
          .thenComparing(reading -> String.join("\n", reading.frames()));

  private StackReader() {}

  /**
   * What a task's stacks say of it.
   *
   * @return null if it has nothing to do with namespaces, or does not show it
   */
  public static @Nullable Reading read(Task task) {
    List<Reading> readings = new ArrayList<>();
    for (List<String> frames : task.looks()) {
      if (isOfAMoment(frames)) {
        continue;
      }
      Reading reading = look(task, task.cleansUp() ? belowCleanup(frames) : frames);
      if (reading != null) {
        readings.add(reading);
      }
    }
    if (readings.isEmpty()) {
      return task.mayCleanUp() && task.isHot() && isUnreadable(task) ? hotWorker(task) : null;
    }
    readings = ofItsOwnTime(readings);
    readings.sort(BY_WORTH.reversed());
    long handlers = readings.stream().map(Reading::function).distinct().count();
    return readings.get(0).moving(handlers > 1);
  }

  /**
   * A task that runs is interrupted now and then, and its loop takes locks: where its CPU goes is
   * what most looks show of interrupts, and all of them of one lock.
   */
  private static List<Reading> ofItsOwnTime(List<Reading> readings) {
    Map<Boolean, List<Reading>> byInterrupt =
        readings.stream().collect(partitioningBy(it -> it.waitsFor() == WaitKind.INTERRUPTED));
    List<Reading> interrupted = byInterrupt.getOrDefault(true, List.of());
    List<Reading> own = byInterrupt.getOrDefault(false, List.of());
    if (interrupted.size() > own.size()) {
      return new ArrayList<>(interrupted);
    }
    boolean spins = own.stream().allMatch(it -> it.waitsFor() == WaitKind.SPIN_LOCK);
    return new ArrayList<>(
        own.stream()
            .map(
                it ->
                    spins || it.waitsFor() != WaitKind.SPIN_LOCK
                        ? it
                        : it.waitingFor(WaitKind.NOTHING))
            .toList());
  }

  /** Of a warning as it was written, but for the one that says how long it goes on. */
  private static boolean isOfAMoment(List<String> frames) {
    return MOMENTS.firstIn(frames) >= 0 && !frames.contains("nf_conntrack_cleanup_net_list");
  }

  /** A wchan, or a stack that is cut off, does not show what its worker's name says. */
  private static List<String> belowCleanup(List<String> frames) {
    if (CLEANUP.lastIn(frames) >= 0) {
      return frames;
    }
    List<String> whole = new ArrayList<>(frames);
    whole.add(CLEANUP_NET);
    return whole;
  }

  private static boolean isUnreadable(Task task) {
    return task.looks().stream().allMatch(frames -> isPrimitive(frames.get(frames.size() - 1)));
  }

  private static Reading hotWorker(Task task) {
    return new Reading(
        task,
        Role.HOT_WORKER,
        List.of(),
        null,
        -1,
        false,
        WaitKind.NOTHING,
        null,
        null,
        false,
        true,
        false);
  }

  private static @Nullable Reading look(Task task, List<String> frames) {
    int cleanup = CLEANUP.lastIn(frames);
    if (cleanup >= 0) {
      return locked(task, Role.CLEANUP, frames, cleanup);
    }
    int writer = PERNET_WRITERS.lastIn(frames);
    if (writer >= 0) {
      return locked(task, Role.PERNET_WRITER, frames, writer);
    }
    int creation = CREATION.lastIn(frames);
    if (creation >= 0) {
      return locked(task, Role.CREATOR, frames, creation);
    }
    int notifier = innermost(frames);
    if (notifier >= 0 && isQueuedNotifier(frames, notifier)) {
      return locked(task, Role.PERNET_WRITER, frames, notifier);
    }
    Reading rtnl = ofRtnl(task, frames);
    Reading lock = rtnl != null ? rtnl : ofOtherLock(task, frames);
    return lock != null ? lock : ofDeviceWork(task, frames);
  }

  private static @Nullable Reading ofDeviceWork(Task task, List<String> frames) {
    boolean without = WITHOUT_RTNL.firstIn(frames) >= 0 || loadsWithoutRtnl(frames);
    int work = without ? -1 : DEVICE_WORK.lastIn(frames);
    boolean may =
        task.state().startsWith("D")
            || task.isOfUnknownState()
            || (task.isRunning() && !CpuTime.isOfInterrupt(frames));
    return work < 0 || !may || (!task.isRunning() && isWorkAlone(frames))
        ? null
        : outside(task, Role.DEVICE_WORKER, frames, work, waitOf(task, frames), false);
  }

  /**
   * Whether a work item sleeps in its own function: on rtnl, on a lock of its own or on anything.
   */
  private static boolean isWorkAlone(List<String> frames) {
    int top = innermost(frames);
    return top >= 0 && top + 1 < frames.size() && WORK_CALLERS.has(frames.get(top + 1));
  }

  /** Who holds a lock of a subsystem over what it calls, and waits further in, or runs there. */
  private static @Nullable Reading ofOtherLock(Task task, List<String> frames) {
    Wait wait = waitOf(task, frames);
    int owner = ownerOfOtherLock(frames, wait.lock);
    return owner < 0 ? null : outside(task, Role.LOCK_OWNER, frames, owner, wait, false);
  }

  /**
   * Where the function stands that holds a lock of a subsystem over what it calls.
   *
   * @param waitsFor the lock that the task waits for, and so does not hold
   * @return -1 if there is none
   */
  static int ownerOfOtherLock(List<String> frames, @Nullable String waitsFor) {
    int top = innermost(frames);
    for (int i = top + 1; top >= 0 && i < frames.size(); i++) {
      String lock = KernelFunctions.lockHeldBy(frames.get(i));
      if (lock != null && !lock.equals(waitsFor)) {
        return i;
      }
    }
    return -1;
  }

  /**
   * A registration of a notifier of devices, or the end of one, that waits for a semaphore: that is
   * the lock of the namespaces, since rtnl is a mutex.
   */
  private static boolean isQueuedNotifier(List<String> frames, int top) {
    return NOTIFIER_WRITERS.has(frames.get(top))
        && RWSEM_WAITS.firstIn(frames.subList(0, top)) >= 0;
  }

  /** A task below which the lock of the namespaces is taken. */
  private static Reading locked(Task task, Role role, List<String> frames, int outermost) {
    int caller = callerOfHandler(frames, outermost);
    int handler = handlerAbove(frames, caller);
    String function = handler < 0 ? null : frames.get(handler);
    boolean exiting = function != null && isExit(role, frames, caller, function);
    Wait wait = waitOf(task, frames);
    if (role != Role.PERNET_WRITER && isQueuedNotifier(frames, wait)) {
      wait = new Wait(WaitKind.OTHER_LOCK, wait.function, OWN_LOCK, true);
    }
    return new Reading(
        task,
        role,
        frames,
        function,
        handler,
        exiting,
        wait.kind,
        wait.function,
        wait.lock,
        ownsRtnl(frames, wait),
        wait.sure,
        false);
  }

  /** The innermost function that handlers are called from. */
  private static int callerOfHandler(List<String> frames, int outermost) {
    for (int i = 0; i < outermost; i++) {
      String frame = frames.get(i);
      if (EXIT_CALLERS.has(frame)
          || INIT_CALLERS.has(frame)
          || CLEANUP.has(frame)
          || CREATION.has(frame)
          || PERNET_WRITERS.has(frame)) {
        return i;
      }
    }
    return outermost;
  }

  /** The handler stands directly above its caller, unless that one sleeps or spins itself. */
  private static int handlerAbove(List<String> frames, int caller) {
    int above = caller - 1;
    if (above < 0) {
      return -1;
    }
    int behind = behindLeftovers(frames, above);
    String function = frames.get(above);
    boolean waits =
        isPrimitive(function)
            || isWait(function)
            || RTNL_LOCKS.has(function)
            || function.equals(HOLDS_PERNET);
    return behind >= 0 ? behind : waits ? -1 : above;
  }

  /**
   * The handler where a kernel that is not sure of any frame printed leftovers of the stack between
   * it and its caller; -1 where there are none.
   */
  private static int behindLeftovers(List<String> frames, int above) {
    if (OF_AN_END.matcher(frames.get(above)).find()) {
      return -1;
    }
    for (int i = above - 1; i >= Math.max(0, above - MOST_LEFTOVERS); i--) {
      if (HANDLER.matcher(frames.get(i)).find()) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isExit(Role role, List<String> frames, int caller, String function) {
    if (INIT_CALLERS.has(frames.get(caller))) {
      return false;
    }
    if (role == Role.CLEANUP || EXIT_CALLERS.has(frames.get(caller))) {
      return true;
    }
    boolean named = function.matches(".*(exit|cleanup|destroy|purge|release|undo).*");
    return named || (!function.contains("init") && !function.contains("alloc"));
  }

  private static boolean isPrimitive(String frame) {
    return PRIMITIVES.has(frame);
  }

  private static boolean isWait(String frame) {
    return GRACE_PERIODS.has(frame) || WORK_FLUSHES.has(frame) || MEMORY.has(frame);
  }

  private static boolean isQueuedNotifier(List<String> frames, Wait wait) {
    return wait.kind == WaitKind.PERNET_LOCK && isQueuedNotifier(frames, innermost(frames));
  }

  private static @Nullable Reading ofRtnl(Task task, List<String> frames) {
    int top = innermost(frames);
    if (top < 0) {
      return null;
    }
    Wait wait = waitOf(task, frames);
    if (wait.kind == WaitKind.RTNL) {
      return outside(task, Role.RTNL_WAITER, frames, top, wait, false);
    }
    if (wait.kind == WaitKind.DEVICE_REFERENCE && DEVICE_REMOVALS.lastIn(frames) >= 0) {
      int remover = Math.min(DEVICE_REMOVALS.lastIn(frames) + 1, frames.size() - 1);
      return outside(task, Role.DEVICE_REMOVER, frames, remover, wait, false);
    }
    if (!ownsRtnl(frames, wait)) {
      return null;
    }
    if (frames.contains(GUESSED_TO_HOLD_RTNL)) {
      return guessedOwner(task, frames, top, wait);
    }
    return outside(task, Role.RTNL_OWNER, frames, ownerFrame(frames), wait, true);
  }

  /** Where it is, is all that its stack says, if it says anything. */
  private static Reading guessedOwner(Task task, List<String> frames, int top, Wait wait) {
    boolean shown = !frames.get(top).equals(GUESSED_TO_HOLD_RTNL);
    return new Reading(
        task,
        Role.RTNL_OWNER,
        frames,
        shown ? frames.get(top) : null,
        shown ? top : -1,
        false,
        wait.kind,
        wait.function,
        wait.lock,
        true,
        false,
        false);
  }

  /** Of a task that is in no handler of namespaces. */
  private static Reading outside(
      Task task, Role role, List<String> frames, int deciding, Wait wait, boolean owns) {
    return new Reading(
        task,
        role,
        frames,
        frames.get(deciding),
        deciding,
        false,
        wait.kind,
        wait.function,
        wait.lock,
        owns,
        wait.sure,
        false);
  }

  /** The handler of the netlink message, or the outermost function that runs under rtnl. */
  private static int ownerFrame(List<String> frames) {
    int message = frames.indexOf(NETLINK_MESSAGE);
    int under = UNDER_RTNL.lastIn(frames);
    int handler = message - 1;
    while (handler > 0 && DUMPS.has(frames.get(handler))) {
      handler--;
    }
    int held = Math.max(RTNL_HELD_BELOW.lastIn(frames), frames.indexOf(HOLDS_RTNL) + 1);
    return message > 0 ? handler : under >= 0 ? under : held;
  }

  /** Whether something that runs under rtnl is on the stack, and the lock is not given back. */
  private static boolean ownsRtnl(List<String> frames, Wait wait) {
    if (wait.kind == WaitKind.RTNL || wait.kind == WaitKind.DEVICE_REFERENCE) {
      return false;
    }
    if (frames.contains(HOLDS_RTNL)
        || frames.contains(GUESSED_TO_HOLD_RTNL)
        || wait.kind == WaitKind.OWN_RTNL) {
      return true;
    }
    if (loadsWithoutRtnl(frames)) {
      return false;
    }
    int inner = innermost(frames);
    int todo = frames.indexOf(DEVICE_TODO);
    int message = frames.indexOf(NETLINK_MESSAGE);
    int under = UNDER_RTNL.firstIn(frames);
    boolean ofMessage =
        message > inner
            && !frames.get(message - 1).startsWith("netlink_")
            && WITHOUT_RTNL.firstIn(frames) < 0;
    return (under >= 0 || ofMessage) && (todo < 0 || (under >= 0 && under < todo));
  }

  /** Whether a module is asked for by a function that gives rtnl back meanwhile. */
  private static boolean loadsWithoutRtnl(List<String> frames) {
    int caller = MODULE_REQUESTS.lastIn(frames) + 1;
    return caller > 0 && caller < frames.size() && LOAD_WITHOUT_RTNL.has(frames.get(caller));
  }

  /** The innermost frame that is neither scheduler nor lock; -1 if there is none. */
  private static int innermost(List<String> frames) {
    for (int i = 0; i < frames.size(); i++) {
      if (!isPrimitive(frames.get(i))) {
        return i;
      }
    }
    return -1;
  }

  private record Wait(
      WaitKind kind, @Nullable String function, @Nullable String lock, boolean sure) {

    static Wait sure(WaitKind kind, String function) {
      return new Wait(kind, function, null, true);
    }

    static Wait unsure(WaitKind kind, String function) {
      return new Wait(kind, function, null, false);
    }
  }

  private static Wait waitOf(Task task, List<String> frames) {
    int top = innermost(frames);
    if (task.isDead()) {
      return new Wait(WaitKind.DIED, top < 0 ? null : frames.get(top), null, true);
    }
    if ((task.isRunning() || task.isOfUnknownState()) && CpuTime.isOfInterrupt(frames)) {
      return new Wait(WaitKind.INTERRUPTED, null, null, true);
    }
    if (task.isRunning() && CpuTime.isOfSpinLock(frames)) {
      return new Wait(WaitKind.SPIN_LOCK, top < 0 ? null : frames.get(top), null, true);
    }
    if (task.isRunning() || top < 0) {
      return new Wait(
          task.isRunning() ? WaitKind.NOTHING : WaitKind.UNKNOWN,
          top < 0 || task.isRunning() ? null : frames.get(top),
          null,
          true);
    }
    String function = frames.get(top);
    if (function.equals(HOLDS_PERNET) || function.equals(GUESSED_TO_HOLD_RTNL)) {
      return new Wait(WaitKind.UNKNOWN, null, null, false);
    }
    boolean locking = MUTEX_WAITS.firstIn(frames.subList(0, top)) >= 0;
    boolean sleeping = SLEEPS.firstIn(frames.subList(0, top)) >= 0;
    Wait named = named(function, frames, top, sleeping);
    boolean serialised = named != null && named.kind == WaitKind.GRACE_PERIOD;
    if (named != null && (!locking || serialised)) { // barriers wait for each other by a mutex
      return named;
    }
    if (UNREGISTERING_WAITS.has(function) && frames.subList(0, top).contains(WOKEN)) {
      return Wait.sure(WaitKind.DEVICE_UNREGISTERED, function);
    }
    if (isQueuedNotifier(frames, top)) {
      return Wait.sure(WaitKind.PERNET_LOCK, function);
    }
    if (isRtnlTaker(function) && !isDumpOfOthers(frames, top)) {
      if (frames.contains(HOLDS_RTNL)) {
        return Wait.unsure(WaitKind.UNKNOWN, function);
      }
      if (wokenUnderRtnl(frames, top) || takenUnderRtnl(frames, top)) {
        return Wait.sure(WaitKind.OWN_RTNL, function);
      }
      return Wait.sure(WaitKind.RTNL, function);
    }
    if (TAKE_RTNL_FROM.containsKey(function) && waitsForMutex(frames, top)) {
      return Wait.sure(WaitKind.RTNL, function);
    }
    if (CLEANUP.has(function) && sleeping && !locking) {
      return Wait.unsure(WaitKind.UNKNOWN, function); // of a handler that is not shown
    }
    if (CLEANUP.has(function) || PERNET_WRITERS.has(function) || function.equals("copy_net_ns")) {
      return new Wait(WaitKind.PERNET_LOCK, function, null, locking || !CLEANUP.has(function));
    }
    String lock = KernelFunctions.OTHER_LOCKS.get(function);
    if (lock != null || locking) {
      return new Wait(WaitKind.OTHER_LOCK, function, lock, locking);
    }
    boolean timed = TIMERS.firstIn(frames.subList(0, top)) >= 0;
    return Wait.sure(timed ? WaitKind.TIMER : WaitKind.UNKNOWN, function);
  }

  private static boolean waitsForMutex(List<String> frames, int top) {
    List<String> above = frames.subList(0, top);
    return MUTEX_WAITS.firstIn(above) >= 0 && RWSEM_WAITS.firstIn(above) < 0;
  }

  /** The handler of a netlink message that is innermost, and so may wait for rtnl; null if none. */
  static @Nullable String innermostHandler(List<String> frames) {
    int top = innermost(frames);
    boolean handles =
        top >= 0
            && !frames.contains(HOLDS_RTNL)
            && !frames.contains(GUESSED_TO_HOLD_RTNL)
            && (TAKE_RTNL_FROM.containsKey(frames.get(top))
                || frames.indexOf(NETLINK_MESSAGE) == top + 1);
    return handles ? frames.get(top) : null;
  }

  /** Whether a driver takes rtnl to wake its device, for a task that has it already. */
  private static boolean wokenUnderRtnl(List<String> frames, int top) {
    int woken = frames.indexOf(RUNTIME_RESUME);
    return woken > top && UNDER_RTNL.firstIn(frames.subList(woken, frames.size())) >= 0;
  }

  /**
   * Whether rtnl is taken further in than a function that is called with rtnl held, and nothing
   * between them gives it back. Of who takes it himself, the lock is in question.
   */
  private static boolean takenUnderRtnl(List<String> frames, int top) {
    int taker = top;
    while (taker < frames.size() && RTNL_LOCKS.has(frames.get(taker))) {
      taker++;
    }
    if (taker == top && !ALWAYS_TAKE_RTNL.has(frames.get(top))) {
      return false;
    }
    if (taker < frames.size() && ENTRIES.has(frames.get(taker))) {
      return false; // what stands further out are leftovers
    }
    int caller = Math.min(taker + 1, frames.size());
    int held = RTNL_HELD_BELOW.firstIn(frames.subList(caller, frames.size()));
    return held >= 0 && GIVE_RTNL_BACK.firstIn(frames.subList(top, caller + held)) < 0;
  }

  private static boolean isRtnlTaker(String function) {
    return RTNL_TAKERS.has(function) && !function.equals(DEVICE_TODO);
  }

  /** Whether a netlink dump is of another protocol: its mutex is that protocol's. */
  private static boolean isDumpOfOthers(List<String> frames, int top) {
    return DUMPS.has(frames.get(top))
        && frames.subList(top, frames.size()).stream()
            .filter(frame -> frame.endsWith("_rcv_msg") || frame.startsWith("genl_"))
            .findFirst()
            .filter(frame -> !frame.equals(NETLINK_MESSAGE))
            .isPresent();
  }

  private static @Nullable Wait named(
      String function, List<String> frames, int top, boolean sleeping) {
    if (DEVICE_REFERENCES.has(function) || (function.equals(DEVICE_TODO) && sleeping)) {
      return Wait.sure(WaitKind.DEVICE_REFERENCE, function);
    }
    if (function.equals(DEVICE_TODO)) {
      return Wait.unsure(WaitKind.RTNL, function); // or its inlined wait for references
    }
    if (GRACE_PERIODS.has(function)) {
      boolean ofDevice = DEVICE_REFERENCES.firstIn(frames) >= 0;
      return Wait.sure(
          ofDevice ? WaitKind.DEVICE_REFERENCE : WaitKind.GRACE_PERIOD, frames.get(top));
    }
    if (WORK_FLUSHES.has(function)) {
      return Wait.sure(WaitKind.WORK_FLUSH, function);
    }
    if (MODULE_REQUESTS.has(function)) {
      return Wait.sure(WaitKind.MODULE_LOAD, function);
    }
    if (PROC_ENTRIES.has(function)) {
      return Wait.sure(WaitKind.PROC_ENTRY, function);
    }
    if (SYSFS_ENTRIES.has(function)) {
      return Wait.sure(WaitKind.SYSFS_ENTRY, function);
    }
    return MEMORY.has(function) ? Wait.sure(WaitKind.MEMORY, function) : null;
  }

  /**
   * Whether a task takes the lock of the namespaces as a writer for a socket, which follows what
   * becomes of network devices, and not for a module.
   */
  public static boolean isOfSocket(List<String> frames) {
    return SOCKETS.firstIn(frames) >= 0;
  }

  /** Whether a task that takes that lock as a writer does so for a module that comes or goes. */
  public static boolean isOfModule(List<String> frames) {
    return PERNET_WRITERS.firstIn(frames) >= 0
        || frames.stream().anyMatch(it -> OF_A_MODULE.matcher(it).find());
  }
}
