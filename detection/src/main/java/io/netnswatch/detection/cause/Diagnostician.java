package io.netnswatch.detection.cause;

import static java.util.stream.Collectors.joining;

import io.netnswatch.detection.cause.Diagnosis.CauseVerdict;
import io.netnswatch.detection.signature.Kernel;
import io.netnswatch.detection.signature.KernelVersion;
import io.netnswatch.detection.signature.Signature.KernelFinding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Follows the chain of waits from a blocked creation to its root, and says which cause that is.
 * Does not depend on the order in which tasks are given.
 */
public final class Diagnostician {

  private static final KernelVersion FIRST_WITH_RWSEM = new KernelVersion(4, 17, 0);

  /** From then on wireless devices have a lock of their own, which is taken with rtnl held. */
  private static final KernelVersion FIRST_WITH_WIPHY_LOCK = new KernelVersion(5, 12, 0);

  /** A worker that uses less than that may have other work to do. */
  private static final double SPINNING_CPUS = 0.9;

  /** Who has held rtnl for less may give it back any moment. */
  private static final long LEAST_HELD_MS = 5_000;

  /** Who has waited for less in a circle may come out of it. */
  private static final long LEAST_DEADLOCKED_MS = 30_000;

  private static final int MOST_NAMED = 4;

  /** How locks are called of which there are several. */
  private static final String OF_AN_INSTANCE = "the lock of a ";

  private static final String TAKE_PERF =
      "perf record -a -g -- sleep 10; perf script, or netnswatch diagnose as root";

  private static final Comparator<Reading> OLDEST_FIRST =
      Comparator.<Reading, Long>comparing(
              reading -> reading.task().sinceMs(), Comparator.nullsLast(Comparator.naturalOrder()))
          .thenComparingInt(reading -> reading.task().pid());

  private static final Comparator<Reading> LIKELIEST_HOLDER_FIRST =
      Comparator.comparingInt(Diagnostician::holderRank).thenComparing(OLDEST_FIRST);

  private static final Comparator<Reading> HOTTEST_FIRST =
      Comparator.<Reading, Double>comparing(
              reading -> reading.task().cpuUse(),
              Comparator.nullsFirst(Comparator.<Double>naturalOrder()))
          .reversed()
          .thenComparing(OLDEST_FIRST);

  private final List<Cause> causes;

  /** One that knows these causes. */
  public Diagnostician(List<Cause> causes) {
    this.causes = List.copyOf(causes);
  }

  /** Who holds namespaces up, as far as what is known shows it. */
  public Diagnosis of(Situation situation) {
    return new Case(situation).diagnose();
  }

  /** Whether somebody waits for what that one holds, or is to do. */
  private static boolean isWaitedFor(Reading other, Reading waiter) {
    return other.sure()
        && waiter.sure()
        && switch (waiter.waitsFor()) {
          case PERNET_LOCK -> other.holdsPernetLock();
          case RTNL -> other.ownsRtnl();
          case OTHER_LOCK ->
              Objects.equals(waiter.lock(), other.holdsLock()) && other.holdsLock() != null;
          case MODULE_LOAD -> loadsFor(other, waiter);
          default -> false;
        };
  }

  /** Whether it may be the module load that somebody has asked for: it did not begin before. */
  private static boolean loadsFor(Reading loader, Reading waiter) {
    Long loaderMs = loader.task().sinceMs();
    Long waiterMs = waiter.task().sinceMs();
    return loader.role() == Role.PERNET_WRITER
        && loader.waitsFor() == WaitKind.PERNET_LOCK
        && KernelFunctions.MODULE_LOADS.firstIn(loader.frames()) >= 0
        && (loaderMs == null || waiterMs == null || loaderMs >= waiterMs - LEAST_HELD_MS);
  }

  private static String nameOf(Task task) {
    return task.comm() + (task.pid() < 0 ? "" : " (pid " + task.pid() + ")");
  }

  private static int holderRank(Reading reading) {
    if (reading.task().isHot() || reading.task().isDead()) {
      return 0;
    }
    return switch (reading.role()) {
      case CLEANUP -> 1;
      case PERNET_WRITER -> 2;
      case CREATOR -> reading.isVictim() ? 4 : 3;
      case RTNL_OWNER, RTNL_WAITER, LOCK_OWNER, DEVICE_REMOVER, DEVICE_WORKER, HOT_WORKER -> 5;
    };
  }

  /** One situation. */
  private final class Case {

    private final Situation situation;
    private final @Nullable Kernel kernel;
    private final List<Reading> readings;
    private final List<HeldDevice> devices;
    private final CauseFinder finder;
    private final List<WaitStep> chain = new ArrayList<>();
    private final Set<Integer> visited = new HashSet<>();
    private @Nullable Reading supposedOwner;

    /** Holds a lock of that name, of which there is one for each instance. */
    private @Nullable Reading ofAnInstance;

    /** Wait for the same lock as the creation at the chain's begin; nobody is seen to hold it. */
    private List<Reading> same = List.of();

    /** Is waited for by the last of the chain, and waits for it, be it through others. */
    private @Nullable WaitStep circle;

    private List<Reading> inCircle = List.of();

    Case(Situation situation) {
      this.situation = situation;
      this.kernel = situation.kernel();
      List<Task> tasks = new ArrayList<>(situation.tasks());
      Task creation = situation.creation();
      boolean known =
          creation != null
              && tasks.stream()
                  .anyMatch(task -> task.pid() == creation.pid() && !task.looks().isEmpty());
      if (creation != null && !known && !creation.looks().isEmpty()) {
        tasks.add(creation);
      }
      List<Reading> read =
          Tasks.readings(tasks).stream()
              .map(it -> situation.goesOn().contains(it.task().pid()) ? it.moving(true) : it)
              .toList();
      this.devices = HeldDevice.ofNamespaces(situation.devices(), HeldDevice::name, read);
      this.readings =
          withWriters(read.stream().map(this::withDevice).map(it -> it.on(lowest())).toList());
      this.finder = new CauseFinder(causes, kernel, devices, readings);
    }

    /**
     * Registering a notifier of devices, or taking it back, waits for the lock of the namespaces
     * first where that is a semaphore, and for rtnl once it has that: without the locks, which
     * /proc leaves out, the stack is the same.
     */
    private List<Reading> withWriters(List<Reading> all) {
      if (!isRwsem()) {
        return all;
      }
      boolean held = all.stream().anyMatch(Reading::holdsPernetLock);
      boolean owned =
          all.stream().anyMatch(it -> it.ownsRtnl() && (!registersNotifier(it) || deadlocks(it)));
      WaitKind waitsFor = held || !owned ? WaitKind.PERNET_LOCK : WaitKind.RTNL;
      return all.stream()
          .map(
              it ->
                  !registersNotifier(it)
                      ? it
                      : deadlocks(it)
                          ? held ? it : it.asWriter(WaitKind.OWN_RTNL, it.waitsForMutex())
                          : it.waitsForMutex()
                              ? it.asWriter(WaitKind.RTNL, true)
                              : it.asWriter(waitsFor, held != owned))
          .map(
              it ->
                  waitsForItself(it) && (!owned || deadlocks(it))
                      ? it.waitingForLock(StackReader.OWN_LOCK)
                      : it)
          .toList();
    }

    /** It has rtnl, which it will wait for once it has the other lock. */
    private static boolean deadlocks(Reading reading) {
      return reading.waitsFor() == WaitKind.OWN_RTNL;
    }

    /** The cleanup, or a creation, holds for read what the notifier's removal takes for write. */
    private static boolean waitsForItself(Reading reading) {
      String function = reading.waitsIn();
      return (reading.role() == Role.CLEANUP || reading.role() == Role.CREATOR)
          && (reading.waitsFor() == WaitKind.RTNL || deadlocks(reading))
          && function != null
          && KernelFunctions.NOTIFIER_WRITERS.has(function);
    }

    private static boolean registersNotifier(Reading reading) {
      String function = reading.waitsIn();
      return (reading.role() == Role.RTNL_WAITER || reading.role() == Role.RTNL_OWNER)
          && function != null
          && KernelFunctions.NOTIFIER_WRITERS.has(function);
    }

    /** The log tells a wait for references from one for rtnl, which look alike. */
    private Reading withDevice(Reading reading) {
      boolean unsure = !reading.sure() && reading.waitsFor() == WaitKind.RTNL;
      return unsure && !devices.isEmpty() ? reading.waitingFor(WaitKind.DEVICE_REFERENCE) : reading;
    }

    Diagnosis diagnose() {
      List<Reading> blocked =
          readings.stream().filter(Reading::isVictim).sorted(OLDEST_FIRST).toList();
      Reading victim = victim(blocked);
      Reading inSharedWait = creationInSharedWait();
      if (victim != null) {
        follow(victim);
      } else if (situation.creation() != null && !isAmongReadings(situation.creation())) {
        unseenCreation(situation.creation());
      } else if (inSharedWait != null) {
        same = inSameWait(inSharedWait);
        chain.add(step(inSharedWait));
        same.stream()
            .filter(it -> it.role() == Role.CLEANUP)
            .limit(1)
            .map(it -> new WaitStep(it.role(), it, it.waitsFor(), what(it), true))
            .forEach(chain::add);
      } else {
        Reading queued = waitingWriter();
        Reading holder = queued != null ? queued : holder(null);
        Reading waiting = holder != null ? holder : cleanupInWait();
        Reading first = waiting != null ? waiting : cleanupAtItsLastStep();
        if (first != null) {
          follow(first);
        } else {
          Reading owner = rtnlOwner();
          if (owner != null) {
            follow(owner);
          } else if (!devices.isEmpty()) {
            chain.add(unseenDeviceWait());
          }
        }
      }
      return conclude(blocked);
    }

    /** The creation that is asked of, where it waits for what others wait for as well. */
    private @Nullable Reading creationInSharedWait() {
      Task creation = situation.creation();
      return readings.stream()
          .filter(reading -> creation != null && reading.task().pid() == creation.pid())
          .filter(reading -> !inSameWait(reading).isEmpty())
          .findFirst()
          .orElse(null);
    }

    /** Who waits for the same lock of a subsystem, which nobody is seen to hold; oldest first. */
    private List<Reading> inSameWait(Reading waiter) {
      String lock = waiter.waitsFor() == WaitKind.OTHER_LOCK ? waiter.lock() : null;
      if (lock == null
          || StackReader.OWN_LOCK.equals(lock)
          || lock.startsWith(OF_AN_INSTANCE)
          || ownerOf(lock) != null) {
        return List.of();
      }
      return readings.stream()
          .filter(it -> it.waitsFor() == WaitKind.OTHER_LOCK && lock.equals(it.lock()))
          .filter(it -> it.task().pid() != waiter.task().pid())
          .sorted(OLDEST_FIRST)
          .toList();
    }

    private static String names(List<Reading> some) {
      int more = some.size() - MOST_NAMED;
      return some.stream().limit(MOST_NAMED).map(it -> nameOf(it.task())).collect(joining(", "))
          + (more > 0 ? " and " + more + " more" : "");
    }

    private boolean isAmongReadings(Task creation) {
      return readings.stream().anyMatch(reading -> reading.task().pid() == creation.pid());
    }

    private @Nullable Reading victim(List<Reading> blocked) {
      Task creation = situation.creation();
      for (Reading reading : blocked) {
        if (creation != null && reading.task().pid() == creation.pid()) {
          return reading;
        }
      }
      return blocked.isEmpty() ? null : blocked.get(0);
    }

    /** Of a creation that ended at its time limit, or that can't be looked at. */
    private void unseenCreation(Task creation) {
      visited.add(creation.pid());
      Reading reading = Reading.unseen(creation, Role.CREATOR, WaitKind.PERNET_LOCK);
      chain.add(step(reading));
      goOn(reading);
    }

    private void follow(Reading seen) {
      Reading reading = waitsForAnOwner(seen) ? seen.waitingForRtnl() : withItsWork(seen);
      if (!visited.add(reading.task().pid()) || chain.size() >= Diagnosis.MAX_STEPS) {
        return;
      }
      chain.add(step(reading));
      goOn(reading);
    }

    /** An owner of rtnl that waits for work which needs rtnl waits for itself. */
    private Reading withItsWork(Reading reading) {
      Reading worker =
          reading.ownsRtnl() && reading.waitsFor() == WaitKind.WORK_FLUSH
              ? FlushedWork.waitingForRtnl(reading, readings)
              : null;
      if (worker == null) {
        return reading;
      }
      circle = new WaitStep(worker.role(), worker, worker.waitsFor(), what(worker), true);
      Reading owner = reading.waitingFor(WaitKind.WORK_OF_RTNL);
      inCircle = List.of(owner, worker);
      return owner;
    }

    private void goOn(Reading reading) {
      int steps = chain.size();
      if (reading.waitsFor() == WaitKind.PERNET_LOCK) {
        toPernetHolder(reading);
      } else if (reading.waitsFor() == WaitKind.RTNL) {
        Reading owner = rtnlOwner();
        if (owner == null) {
          supposedOwner = likelyOwner();
          owner = supposedOwner;
        }
        if (owner != null) {
          follow(owner);
        }
      } else if (reading.waitsFor() == WaitKind.OTHER_LOCK && reading.lock() != null) {
        Reading owner = ownerOf(reading.lock());
        if (owner != null) {
          ofAnInstance = reading.lock().startsWith(OF_AN_INSTANCE) ? owner : null;
          follow(owner);
        }
      } else if (reading.waitsFor() == WaitKind.MODULE_LOAD) {
        Reading loader = loaderFor(reading);
        if (loader != null) {
          follow(loader);
        }
      }
      if (chain.size() == steps && circle == null) {
        closesCircle(reading);
      }
    }

    private @Nullable Reading loaderFor(Reading waiter) {
      return readings.stream()
          .filter(reading -> loadsFor(reading, waiter))
          .filter(reading -> !visited.contains(reading.task().pid()))
          .min(OLDEST_FIRST)
          .orElse(null);
    }

    /** Whether the last of the chain waits for one before it, which waits for it in turn. */
    private boolean closesCircle(Reading last) {
      for (int i = 0; i < chain.size() - 1; i++) {
        Reading before = chain.get(i).reading();
        if (before != null && isWaitedFor(before, last)) {
          circle = chain.get(i);
          ofAnInstance = waitsForAnInstance(last) ? before : ofAnInstance;
          inCircle =
              chain.subList(i, chain.size()).stream()
                  .map(WaitStep::reading)
                  .filter(Objects::nonNull)
                  .toList();
          return true;
        }
      }
      return false;
    }

    private static boolean waitsForAnInstance(Reading reading) {
      String lock = reading.lock();
      return lock != null && lock.startsWith(OF_AN_INSTANCE);
    }

    /** Whether all of the circle is seen, and each has waited for long. */
    private boolean isDeadlock() {
      return inCircle.stream()
          .allMatch(
              it ->
                  it.waitsFor() != WaitKind.WORK_OF_RTNL
                      && !waitsForAnInstance(it)
                      && lastsOr(it.task(), LEAST_DEADLOCKED_MS));
    }

    /** Who works on a network device, where it is one alone. */
    private @Nullable Reading likelyOwner() {
      List<Reading> candidates = candidates();
      return candidates.size() == 1 && worksOnDevice(candidates.get(0))
          ? candidates.get(0).asOwner()
          : null;
    }

    /** Who may hold rtnl, where nobody is seen to. */
    private List<Reading> candidates() {
      return readings.stream()
          .filter(reading -> worksOnDevice(reading) || mayHaveGoneOn(reading))
          .filter(reading -> !visited.contains(reading.task().pid()))
          .sorted(OLDEST_FIRST)
          .toList();
    }

    /** Whether it takes rtnl and then another lock, and nothing tells for which it waits. */
    private boolean mayHaveGoneOn(Reading reading) {
      KernelVersion version = lowest();
      String function = reading.waitsIn();
      return version != null
          && version.compareTo(FIRST_WITH_WIPHY_LOCK) >= 0
          && reading.role() == Role.RTNL_WAITER
          && function != null
          && KernelFunctions.RTNL_THEN_ANOTHER.has(function);
    }

    private static boolean worksOnDevice(Reading reading) {
      return reading.role() == Role.DEVICE_WORKER
          || (reading.role() == Role.LOCK_OWNER
              && reading.waitsFor() != WaitKind.OTHER_LOCK
              && KernelFunctions.DEVICE_WORK.firstIn(reading.frames()) >= 0);
    }

    /**
     * Whether a handler waits for a lock that is not named, or for what is not visible, while
     * somebody sleeps under rtnl: a handler that takes a lock by itself is the innermost function
     * that /proc shows.
     */
    private boolean waitsForAnOwner(Reading reading) {
      String innermost = KernelFunctions.innermost(reading.frames());
      boolean unnamed =
          (reading.waitsFor() == WaitKind.OTHER_LOCK && reading.lock() == null)
              || (reading.waitsFor() == WaitKind.UNKNOWN
                  && innermost != null
                  && innermost.equals(reading.function()));
      Reading owner = unnamed && reading.task().state().startsWith("D") ? rtnlOwner() : null;
      return owner != null
          && owner.task().pid() != reading.task().pid()
          && (reading.role() == Role.CLEANUP || reading.role() == Role.CREATOR)
          && lastsOr(owner.task(), LEAST_HELD_MS)
          && finder.fitting(reading).isEmpty();
    }

    private static boolean lastsOr(Task task, long leastMs) {
      Long lastsMs = task.lastsMs();
      return lastsMs == null || lastsMs >= leastMs;
    }

    private @Nullable Reading ownerOf(String lock) {
      return readings.stream()
          .filter(reading -> lock.equals(reading.holdsLock()))
          .filter(reading -> !visited.contains(reading.task().pid()))
          .min(OLDEST_FIRST)
          .orElse(null);
    }

    private void toPernetHolder(Reading waiter) {
      Reading writer = waiter.role() == Role.PERNET_WRITER ? null : waitingWriter();
      if (writer != null) {
        follow(writer);
        return;
      }
      Reading holder = holder(waiter);
      Reading cleanup = holder == null ? waitingCleanup() : null;
      if (cleanup != null) {
        follow(cleanup);
        return;
      }
      if (holder == null) {
        if (!closesCircle(waiter) && waiter.role() != Role.CLEANUP) {
          toSuspect();
        }
        return;
      }
      boolean behindWriter =
          isRwsem() && waiter.role() == Role.CREATOR && holder.role() != Role.PERNET_WRITER;
      if (behindWriter && !StackReader.OWN_LOCK.equals(holder.lock())) {
        Reading queued = queuedWithRtnl();
        chain.add(
            new WaitStep(
                Role.PERNET_WRITER, queued, WaitKind.PERNET_LOCK, pernetLock(), queued == null));
      }
      follow(holder);
    }

    /** Has rtnl, and is queued for the lock of the namespaces, which another task holds. */
    private @Nullable Reading queuedWithRtnl() {
      return readings.stream()
          .filter(reading -> registersNotifier(reading) && deadlocks(reading))
          .min(OLDEST_FIRST)
          .orElse(null);
    }

    /** Nobody is seen to hold it: a worker that spins unseen, or a wait that only the log shows. */
    private void toSuspect() {
      Reading hot =
          readings.stream()
              .filter(reading -> reading.role() == Role.HOT_WORKER)
              .min(
                  Comparator.<Reading>comparingInt(it -> it.task().cleansUp() ? 0 : 1)
                      .thenComparing(HOTTEST_FIRST))
              .orElse(null);
      Double cpuUse = hot == null ? null : hot.task().cpuUse();
      boolean spins = cpuUse != null && cpuUse >= SPINNING_CPUS;
      if (hot != null && (spins || devices.isEmpty())) {
        boolean suspect = !hot.task().cleansUp();
        chain.add(new WaitStep(Role.HOT_WORKER, hot, WaitKind.NOTHING, null, suspect));
      } else if (!devices.isEmpty()) {
        chain.add(unseenDeviceWait());
      }
    }

    private WaitStep unseenDeviceWait() {
      return new WaitStep(Role.CLEANUP, null, WaitKind.DEVICE_REFERENCE, deviceReference(), true);
    }

    private @Nullable Reading waitingWriter() {
      return readings.stream()
          .filter(reading -> reading.role() == Role.PERNET_WRITER)
          .filter(reading -> reading.waitsFor() == WaitKind.PERNET_LOCK)
          .filter(reading -> !visited.contains(reading.task().pid()))
          .min(OLDEST_FIRST)
          .orElse(null);
    }

    /** The cleanup, where it too waits for the lock: then it is not what spins. */
    private @Nullable Reading waitingCleanup() {
      return readings.stream()
          .filter(reading -> reading.role() == Role.CLEANUP)
          .filter(reading -> reading.waitsFor() == WaitKind.PERNET_LOCK)
          .filter(reading -> !visited.contains(reading.task().pid()))
          .min(OLDEST_FIRST)
          .orElse(null);
    }

    /** The same; where its stack does not tell that from a wait for rtnl, if nobody has that. */
    private @Nullable Reading cleanupInWait() {
      Reading waiting = waitingCleanup();
      return waiting != null && (waiting.sure() || rtnlOwner() == null) ? waiting : null;
    }

    private @Nullable Reading cleanupAtItsLastStep() {
      return readings.stream().filter(Reading::isLastStep).min(OLDEST_FIRST).orElse(null);
    }

    private @Nullable Reading holder(@Nullable Reading waiter) {
      return readings.stream()
          .filter(Reading::holdsPernetLock)
          .filter(reading -> waiter == null || reading.task().pid() != waiter.task().pid())
          .filter(reading -> !visited.contains(reading.task().pid()))
          .min(LIKELIEST_HOLDER_FIRST)
          .orElse(null);
    }

    private @Nullable Reading rtnlOwner() {
      return readings.stream()
          .filter(Reading::ownsRtnl)
          .filter(reading -> !visited.contains(reading.task().pid()))
          .min(
              Comparator.<Reading>comparingInt(reading -> reading.task().isHot() ? 0 : 1)
                  .thenComparing(Reading::isGuessedOwner)
                  .thenComparing(OLDEST_FIRST))
          .orElse(null);
    }

    /** Of the same lock; null if the kernel made none, or one. */
    private @Nullable String otherGuesses(Reading owner) {
      String others =
          readings.stream()
              .filter(Reading::isGuessedOwner)
              .map(Reading::task)
              .filter(task -> task.pid() != owner.task().pid())
              .map(Diagnostician::nameOf)
              .distinct()
              .sorted()
              .collect(joining(", "));
      return owner.isGuessedOwner() && !others.isEmpty() ? others : null;
    }

    private WaitStep step(Reading reading) {
      return new WaitStep(
          reading.role(), reading, reading.waitsFor(), what(reading), !reading.sure());
    }

    private @Nullable String what(Reading reading) {
      return switch (reading.waitsFor()) {
        case NOTHING -> null;
        case PERNET_LOCK ->
            pernetLock() + (isUnsureWriter(reading) ? ", or for rtnl_mutex once it has that," : "");
        case DEVICE_REFERENCE -> deviceReference();
        case OTHER_LOCK -> reading.lock() == null ? "a lock" : reading.lock();
        case GRACE_PERIOD ->
            reading.waitsFor().words()
                + (reading.isLastStep() ? ", with the lock of the namespaces given back" : "");
        case UNKNOWN -> {
          String named =
              reading.waitsIn() == null ? null : KernelFunctions.NAMED_WAITS.get(reading.waitsIn());
          yield named == null ? reading.waitsFor().words() : named;
        }
        default -> reading.waitsFor().words();
      };
    }

    /** Both locks are taken in the same function, and nothing tells for which it waits. */
    private static boolean isUnsureWriter(Reading reading) {
      return reading.role() == Role.PERNET_WRITER
          && !reading.sure()
          && reading.waitsIn() != null
          && KernelFunctions.NOTIFIER_WRITERS.has(reading.waitsIn());
    }

    private String deviceReference() {
      return devices.isEmpty()
          ? WaitKind.DEVICE_REFERENCE.words()
          : "device "
              + String.join(", ", devices.stream().map(HeldDevice::toString).sorted().toList())
              + ", which is still referenced";
    }

    private @Nullable KernelVersion lowest() {
      return kernel == null ? null : kernel.lowest();
    }

    private boolean isRwsem() {
      KernelVersion version = lowest();
      return version != null && version.compareTo(FIRST_WITH_RWSEM) >= 0;
    }

    private boolean isBeforeRwsem() {
      KernelVersion version = kernel == null ? null : kernel.upstream();
      return version != null && version.compareTo(FIRST_WITH_RWSEM) < 0;
    }

    private String pernetLock() {
      KernelVersion version = lowest();
      if (version == null) {
        return "the lock of the namespaces (net_mutex or pernet_ops_rwsem)";
      }
      return isRwsem() ? "pernet_ops_rwsem" : "net_mutex";
    }

    private Diagnosis conclude(List<Reading> blocked) {
      WaitStep last = chain.isEmpty() ? null : chain.get(chain.size() - 1);
      Reading root = last == null ? null : last.reading();
      boolean seen = root != null && !root.isVictim() && !isUnseen(last) && same.isEmpty();
      Reading culprit = seen ? root : null;
      List<String> missing = missing(last, root, culprit);
      CauseVerdict verdict = null;
      KernelFinding finding = null;
      if (culprit != null && culprit.role() == Role.HOT_WORKER) {
        List<Cause> likely = finder.spinning();
        verdict = finder.hotWorker(culprit, likely);
        finding = finder.ofSpinning(likely);
      } else if (root != null && !endsNowhere(last)) {
        List<Cause> fitting = fittingRoot(root);
        verdict = fitting.isEmpty() ? finder.generic(root, what(root)) : finder.known(fitting);
        finding = fitting.isEmpty() ? null : fitting.get(0).judge(kernel);
      } else if (isUnseenDeviceWait(last)) {
        List<Cause> fitting = finder.ofDevices();
        verdict = fitting.isEmpty() ? null : finder.known(fitting);
        finding = fitting.isEmpty() ? null : fitting.get(0).judge(kernel);
      } else if (last != null && !situation.perfLooked()) {
        List<Cause> likely = finder.spinning();
        finding = likely.isEmpty() ? null : finder.ofSpinning(likely);
      }
      Reading hot = hotBesidesTheChain();
      List<Cause> ofHot = hot == null ? List.of() : finder.fitting(hot);
      if (!ofHot.isEmpty()) {
        verdict = finder.known(ofHot).besides(verdict);
        finding = ofHot.get(0).judge(kernel);
        culprit = hot;
      }
      if (circle != null && chain.size() < Diagnosis.MAX_STEPS) {
        chain.add(circle);
      }
      if (verdict != null && culprit != null && inCircle.contains(culprit)) {
        verdict =
            verdict.deadlocked(
                inCircle.stream().map(it -> nameOf(it.task())).toList(), isDeadlock());
      }
      return new Diagnosis(
          same.isEmpty() ? blocked : creationsAnd(chain.get(0).reading(), same),
          queuedBehindCreation(),
          chain,
          culprit,
          verdict,
          finding,
          missing);
    }

    /** What no source shows, and how to see it. */
    private List<String> missing(
        @Nullable WaitStep last, @Nullable Reading root, @Nullable Reading culprit) {
      List<String> missing = new ArrayList<>();
      if (culprit != null) {
        addDoubts(missing, culprit);
      }
      if (last == null || (culprit != null && culprit.role() == Role.HOT_WORKER)) {
        return missing;
      }
      if (isUnseenDeviceWait(last)) {
        addDeviceDoubts(missing);
      } else if (root == null || endsNowhere(last) || (circle == null && queuesInVain(root))) {
        missing.add(unseenHolder(pernetLock(), List.of(), 'w'));
      }
      if (root != null && circle == null && last.waitsFor() == WaitKind.RTNL) {
        if (culprit == null || !culprit.ownsRtnl()) {
          missing.add(unseenHolder(WaitKind.RTNL.words(), otherRtnlWaiters(), 'w'));
          List<Reading> candidates = candidates();
          if (!candidates.isEmpty()) {
            missing.add(
                (candidates.size() == 1 ? "this one may hold " : "one of these may hold ")
                    + WaitKind.RTNL.words()
                    + ", and wait for another lock: "
                    + candidates.stream()
                        .limit(MOST_NAMED)
                        .map(it -> nameOf(it.task()) + " in " + it.function())
                        .collect(joining(", ")));
          }
        }
      }
      if (root != null
          && circle == null
          && last.waitsFor() == WaitKind.OTHER_LOCK
          && (root.sure() || !same.isEmpty())
          && !StackReader.OWN_LOCK.equals(root.lock())) {
        String lock = root.lock();
        missing.add(
            unseenHolder(
                lock == null ? "the lock that " + root.waitsIn() + " takes" : lock, same, 't'));
      }
      return missing;
    }

    /** That the last of a chain is a wait for a lock whose holder nothing shows. */
    private static String unseenHolder(String lock, List<Reading> otherWaiters, char sysrq) {
      return "no stack shows who holds "
          + lock
          + (otherWaiters.isEmpty() ? "" : ", for which wait as well " + names(otherWaiters))
          + " (as root: echo "
          + sysrq
          + " > /proc/sysrq-trigger; dmesg)";
    }

    private List<Reading> otherRtnlWaiters() {
      return readings.stream()
          .filter(it -> it.waitsFor() == WaitKind.RTNL && !it.isVictim() && !mayHaveGoneOn(it))
          .filter(it -> !visited.contains(it.task().pid()))
          .sorted(OLDEST_FIRST)
          .toList();
    }

    private void addDoubts(List<String> missing, Reading culprit) {
      String comm = culprit.task().comm();
      if (culprit.role() == Role.HOT_WORKER) {
        missing.add(
            "no source shows what "
                + comm
                + " runs: neither its stack nor a perf sample ("
                + TAKE_PERF
                + ")");
      }
      if (culprit.equals(supposedOwner)) {
        missing.add(
            "nothing shows that "
                + comm
                + " holds rtnl_mutex but that it works on a network device, and that nobody else is"
                + " seen to hold it");
      }
      String otherGuesses = otherGuesses(culprit);
      if (otherGuesses != null) {
        missing.add(
            "the kernel's guesses of who holds rtnl_mutex disagree: by another it is "
                + otherGuesses);
      }
      if (ofAnInstance != null) {
        missing.add(
            "nothing shows that it is the very one of which "
                + ofAnInstance.task().comm()
                + " holds the lock, and not another instance");
      }
      if (culprit.waitsFor() == WaitKind.WORK_OF_RTNL && circle != null) {
        Reading worker = inCircle.get(inCircle.size() - 1);
        missing.add(
            "nothing shows that "
                + comm
                + " waits for the work of "
                + worker.task().comm()
                + " but what both are named after: it may be other work, or of another device");
      }
      if (CauseFinder.isUnclear(culprit) && !culprit.sure()) {
        missing.add(
            "no stack shows where "
                + comm
                + " is, nor its state whether it runs or waits (as root, three times: cat /proc/"
                + culprit.task().pid()
                + "/stack)");
      }
    }

    private void addDeviceDoubts(List<String> missing) {
      if (!devices.stream().allMatch(HeldDevice::isLoopback)) {
        missing.add(
            "no stack shows who waits for the device: if it is not the cleanup of a namespace but"
                + " a program that removes it, no namespace is held up (as root: echo w >"
                + " /proc/sysrq-trigger; dmesg)");
      }
      if (chain.size() == 1 && devices.stream().allMatch(HeldDevice::isNamedAsOfHost)) {
        missing.add(
            "nothing else shows namespaces, and devices of such names are mostly the host's own");
      }
    }

    private static boolean isUnseenDeviceWait(@Nullable WaitStep last) {
      return last != null && last.reading() == null && last.waitsFor() == WaitKind.DEVICE_REFERENCE;
    }

    /** Whether it waits for the lock of the namespaces itself, and no holder was seen. */
    private static boolean queuesInVain(Reading root) {
      return (root.role() == Role.CLEANUP || root.role() == Role.PERNET_WRITER)
          && root.waitsFor() == WaitKind.PERNET_LOCK;
    }

    /** From 4.17 on every creation that comes after it waits behind it. */
    private @Nullable WaitStep queuedBehindCreation() {
      boolean behind =
          isRwsem()
              && chain.stream()
                  .anyMatch(it -> it.role() == Role.CREATOR && it.waitsFor() == WaitKind.RTNL);
      Reading writer = behind ? waitingWriter() : null;
      return writer == null ? null : step(writer);
    }

    private static List<Reading> creationsAnd(@Nullable Reading first, List<Reading> same) {
      return Stream.concat(Stream.ofNullable(first), same.stream())
          .filter(it -> it.role() == Role.CREATOR)
          .sorted(OLDEST_FIRST)
          .toList();
    }

    /**
     * The cleanup that runs the hot code which was asked for, where the creation that is blocked
     * waits for somebody else. What is said of the cause is to be of that code.
     */
    private @Nullable Reading hotBesidesTheChain() {
      Integer pid = situation.hotPid();
      return readings.stream()
          .filter(reading -> pid != null && reading.task().pid() == pid)
          .filter(reading -> reading.role() == Role.CLEANUP && reading.task().isHot())
          .filter(reading -> !visited.contains(reading.task().pid()))
          .findFirst()
          .orElse(null);
    }

    private boolean endsNowhere(@Nullable WaitStep last) {
      return circle == null && isUnseen(last);
    }

    /**
     * A chain that ends with the creation itself waiting for the namespaces' lock ends nowhere; so
     * does one that ends with a module load where that queues like any other.
     */
    private boolean isUnseen(@Nullable WaitStep last) {
      return last != null
          && last.waitsFor() == WaitKind.PERNET_LOCK
          && (last.role() == Role.CREATOR
              || (last.role() == Role.PERNET_WRITER && isBeforeRwsem()));
    }

    /** Of a subsystem's lock more is known by who waits for it than by who holds it. */
    private List<Cause> fittingRoot(Reading root) {
      Reading waiter = chain.size() < 2 ? null : chain.get(chain.size() - 2).reading();
      List<Cause> ofWaiter =
          root.role() == Role.LOCK_OWNER && waiter != null ? finder.fitting(waiter) : List.of();
      return ofWaiter.isEmpty() ? finder.fitting(root) : ofWaiter;
    }
  }
}
