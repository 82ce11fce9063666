package io.netnswatch.detection.cause;

import static java.util.stream.Collectors.toUnmodifiableMap;

import io.netnswatch.detection.signature.KernelVersion;
import io.netnswatch.detection.signature.SymbolName;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Functions of the kernel by what they say of a task: {@code functions.yaml}. */
public final class KernelFunctions {

  private static final Table TABLE = CauseYaml.resource("functions.yaml", Table.class);

  static final NamePatterns PRIMITIVES = new NamePatterns(TABLE.primitives);
  static final NamePatterns INTERRUPTS = new NamePatterns(TABLE.interrupts);
  static final NamePatterns SPIN_WAITS = new NamePatterns(TABLE.spinWaits);
  static final NamePatterns MUTEX_WAITS = new NamePatterns(TABLE.mutexWaits);
  static final NamePatterns RWSEM_WAITS = new NamePatterns(TABLE.rwsemWaits);
  static final NamePatterns SLEEPS = new NamePatterns(TABLE.sleeps);
  static final NamePatterns TIMERS = new NamePatterns(TABLE.timers);
  static final NamePatterns UNREGISTERING_WAITS = new NamePatterns(TABLE.unregisteringWaits);
  static final NamePatterns GRACE_PERIODS = new NamePatterns(TABLE.gracePeriods);
  static final NamePatterns WORK_FLUSHES = new NamePatterns(TABLE.workFlushes);
  static final NamePatterns MODULE_REQUESTS = new NamePatterns(TABLE.moduleRequests);
  static final NamePatterns MODULE_LOADS = new NamePatterns(TABLE.moduleLoads);
  static final NamePatterns DEVICE_REFERENCES = new NamePatterns(TABLE.deviceReferences);
  static final NamePatterns PROC_ENTRIES = new NamePatterns(TABLE.procEntries);
  static final NamePatterns SYSFS_ENTRIES = new NamePatterns(TABLE.sysfsEntries);
  static final NamePatterns MEMORY = new NamePatterns(TABLE.memory);
  static final NamePatterns CLEANUP = new NamePatterns(TABLE.cleanup);
  static final NamePatterns CREATION = new NamePatterns(TABLE.creation);
  static final NamePatterns PERNET_WRITERS = new NamePatterns(TABLE.pernetWriters);
  static final NamePatterns NOTIFIER_WRITERS = new NamePatterns(TABLE.notifierWriters);
  static final NamePatterns EXIT_CALLERS = new NamePatterns(TABLE.exitCallers);
  static final NamePatterns INIT_CALLERS = new NamePatterns(TABLE.initCallers);
  static final NamePatterns RTNL_TAKERS = new NamePatterns(TABLE.rtnlTakers);
  static final NamePatterns ALWAYS_TAKE_RTNL = new NamePatterns(TABLE.alwaysTakeRtnl);
  static final NamePatterns RTNL_HELD_BELOW = new NamePatterns(TABLE.rtnlHeldBelow);
  static final NamePatterns GIVE_RTNL_BACK = new NamePatterns(TABLE.giveRtnlBack);
  static final NamePatterns LOAD_WITHOUT_RTNL = new NamePatterns(TABLE.loadWithoutRtnl);
  static final NamePatterns UNDER_RTNL = new NamePatterns(TABLE.underRtnl);

  /** Handlers of rtnetlink messages by the release from which they take rtnl by themselves. */
  static final Map<String, KernelVersion> TAKE_RTNL_FROM =
      TABLE.takeRtnlFrom.entrySet().stream()
          .collect(
              toUnmodifiableMap(
                  Map.Entry::getKey,
                  it -> Objects.requireNonNull(KernelVersion.of(it.getValue()))));

  static final NamePatterns DEVICE_WORK = new NamePatterns(TABLE.deviceWork);
  static final NamePatterns WITHOUT_RTNL = new NamePatterns(TABLE.withoutRtnl);
  static final NamePatterns RTNL_THEN_ANOTHER = new NamePatterns(TABLE.rtnlThenAnother);
  static final NamePatterns WORK_CALLERS = new NamePatterns(TABLE.workCallers);
  static final NamePatterns MOMENTS = new NamePatterns(TABLE.moments);
  static final Map<String, String> NAMED_WAITS = TABLE.namedWaits;
  static final Map<String, String> OTHER_LOCKS = TABLE.otherLocks;
  private static final Map<String, String> LOCK_OWNERS = TABLE.lockOwners;

  /** Whoever has one of them on the stack may have a role. Exact names, all of them. */
  private static final Set<String> OF_CONCERN =
      Set.copyOf(
          Stream.of(
                  TABLE.cleanup,
                  TABLE.creation,
                  TABLE.pernetWriters,
                  TABLE.rtnlTakers,
                  TABLE.underRtnl,
                  List.copyOf(TABLE.lockOwners.keySet()),
                  List.of(StackReader.GUESSED_TO_HOLD_RTNL))
              .flatMap(List::stream)
              .toList());

  /** What runs while namespaces are locked: a call path through one of them is worth a look. */
  private static final Set<String> LOCKED_PATHS = lockedPaths();

  private KernelFunctions() {}

  /** Names of which one must be on a task's stack for it to have a role. */
  public static Set<String> ofConcern() {
    return OF_CONCERN;
  }

  /** Whether a task with that stack works on a network device, of which most is under rtnl. */
  public static boolean worksOnDevice(List<String> stack) {
    return stack.stream().anyMatch(it -> DEVICE_WORK.has(SymbolName.withoutCompilerSuffix(it)));
  }

  /** The lock, neither that of the namespaces nor rtnl, that a function holds; null if none. */
  static @Nullable String lockHeldBy(String function) {
    return LOCK_OWNERS.get(function);
  }

  /**
   * Whether a task with that stack does what is left to do of network devices that were
   * unregistered: by turns it sleeps, waits for a grace period and takes rtnl, as long as a device
   * is still referenced.
   */
  public static boolean unregistersDevices(List<String> frames) {
    return frames.contains("netdev_run_todo") || DEVICE_REFERENCES.firstIn(frames) >= 0;
  }

  /** Whether a task with that stack sleeps until a timer is over, and not until it is woken. */
  public static boolean polls(List<String> frames) {
    return TIMERS.firstIn(frames) >= 0;
  }

  /** Whether a function takes the lock of the namespaces as a writer, for a module. */
  public static boolean registersPernet(String function) {
    return PERNET_WRITERS.has(function) || NOTIFIER_WRITERS.has(function);
  }

  /** Whether a function is a lock, a wait or a probe: never what a task is there for. */
  public static boolean isPrimitive(String function) {
    return PRIMITIVES.has(function);
  }

  /**
   * The innermost function of a stack that is no {@linkplain #isPrimitive primitive}.
   *
   * @return null if all are
   */
  public static @Nullable String innermost(List<String> stack) {
    return stack.stream()
        .filter(it -> !isPrimitive(SymbolName.withoutCompilerSuffix(it)))
        .findFirst()
        .orElse(null);
  }

  /**
   * Whether it is clear which lock a task waits for that has this function as the innermost one
   * besides locks.
   */
  public static boolean tellsItsLock(String function) {
    return !NOTIFIER_WRITERS.has(function)
        && !UNREGISTERING_WAITS.has(function)
        && (CLEANUP.has(function)
            || CREATION.has(function)
            || PERNET_WRITERS.has(function)
            || RTNL_TAKERS.has(function));
  }

  /**
   * Whether a function is of the namespaces themselves: it calls the handlers of all subsystems,
   * and belongs to none.
   */
  static boolean isOfNamespaces(String function) {
    return EXIT_CALLERS.has(function)
        || INIT_CALLERS.has(function)
        || CLEANUP.has(function)
        || CREATION.has(function)
        || PERNET_WRITERS.has(function);
  }

  /** Names of which one is on every call path that runs with the lock of the namespaces held. */
  public static Set<String> lockedPathCallers() {
    return LOCKED_PATHS;
  }

  private static Set<String> lockedPaths() {
    Set<String> names = new HashSet<>(TABLE.cleanup);
    names.addAll(TABLE.creation);
    names.addAll(TABLE.pernetWriters);
    return Set.copyOf(names);
  }

  /** As in the file. */
  record Table(
      List<String> primitives,
      List<String> interrupts,
      List<String> spinWaits,
      List<String> mutexWaits,
      List<String> rwsemWaits,
      List<String> sleeps,
      List<String> timers,
      List<String> unregisteringWaits,
      List<String> gracePeriods,
      List<String> workFlushes,
      List<String> moduleRequests,
      List<String> moduleLoads,
      List<String> deviceReferences,
      List<String> procEntries,
      List<String> sysfsEntries,
      List<String> memory,
      List<String> cleanup,
      List<String> creation,
      List<String> pernetWriters,
      List<String> notifierWriters,
      List<String> exitCallers,
      List<String> initCallers,
      List<String> rtnlTakers,
      List<String> alwaysTakeRtnl,
      List<String> rtnlHeldBelow,
      List<String> giveRtnlBack,
      List<String> loadWithoutRtnl,
      List<String> underRtnl,
      Map<String, String> takeRtnlFrom,
      List<String> deviceWork,
      List<String> withoutRtnl,
      List<String> rtnlThenAnother,
      List<String> workCallers,
      Map<String, String> otherLocks,
      Map<String, String> lockOwners,
      Map<String, String> namedWaits,
      List<String> moments) {

    Table {
      Stream.of(
              cleanup,
              creation,
              pernetWriters,
              rtnlTakers,
              underRtnl,
              List.copyOf(lockOwners.keySet()))
          .flatMap(List::stream)
          .forEach(
              name -> {
                if (!name.matches("\\w+")) {
                  throw new IllegalArgumentException("must be an exact name: " + name);
                }
              });
    }
  }
}
