package io.netnswatch.detection.cause;

import static java.util.stream.Collectors.joining;

import io.netnswatch.detection.cause.Diagnosis.Alternative;
import io.netnswatch.detection.cause.Diagnosis.CauseVerdict;
import io.netnswatch.detection.signature.Kernel;
import io.netnswatch.detection.signature.KernelVersion;
import io.netnswatch.detection.signature.Signature.KernelFinding;
import io.netnswatch.schema.KernelVerdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Follows the chain of waits from a blocked creation to its root, and says which cause that is.
 * Does not depend on the order in which tasks are given.
 */
public final class Diagnostician {

  private static final KernelVersion FIRST_WITH_RWSEM = new KernelVersion(4, 17, 0);

  /** A worker that uses less than that may have other work to do. */
  private static final double SPINNING_CPUS = 0.9;

  /** Of what ends by itself, minutes are known: 5 of a conntrack cleanup that a resize restarts. */
  private static final long LONGEST_FINITE_MS = 30 * 60_000L;

  /** Who has held rtnl for less may give it back any moment. */
  private static final long LEAST_HELD_MS = 5_000;

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
      this.readings = withWriters(read.stream().map(this::withDevice).toList());
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
      return some.stream()
              .limit(MOST_NAMED)
              .map(it -> it.task().comm() + " (pid " + it.task().pid() + ")")
              .collect(joining(", "))
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

    /** Who works on a network device and has waited there longest. */
    private @Nullable Reading likelyOwner() {
      return readings.stream()
          .filter(Case::worksOnDevice)
          .filter(reading -> !visited.contains(reading.task().pid()))
          .min(OLDEST_FIRST)
          .map(Reading::asOwner)
          .orElse(null);
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
          && fitting(reading).isEmpty();
    }

    private static boolean lastsOr(Task task, long leastMs) {
      Long sinceMs = task.sinceMs();
      return sinceMs == null || task.observedAtMs() - sinceMs >= leastMs;
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
              .collect(Collectors.joining(", "));
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

    private boolean isRwsem() {
      KernelVersion version = kernel == null ? null : kernel.lowest();
      return version != null && version.compareTo(FIRST_WITH_RWSEM) >= 0;
    }

    private boolean isBeforeRwsem() {
      KernelVersion version = kernel == null ? null : kernel.upstream();
      return version != null && version.compareTo(FIRST_WITH_RWSEM) < 0;
    }

    private String pernetLock() {
      KernelVersion version = kernel == null ? null : kernel.lowest();
      if (version == null) {
        return "the lock of the namespaces (net_mutex or pernet_ops_rwsem)";
      }
      return isRwsem() ? "pernet_ops_rwsem" : "net_mutex";
    }

    private Diagnosis conclude(List<Reading> blocked) {
      WaitStep last = chain.isEmpty() ? null : chain.get(chain.size() - 1);
      Reading root = last == null ? null : last.reading();
      boolean seen =
          root != null && !root.isVictim() && !root.equals(unseenRoot(last)) && same.isEmpty();
      Reading culprit = seen ? root : null;
      List<String> missing = new ArrayList<>();
      CauseVerdict verdict = null;
      KernelFinding finding = null;
      if (culprit != null && culprit.role() == Role.HOT_WORKER) {
        List<Cause> likely = affectedBySpinning();
        verdict = hotWorker(culprit, likely);
        finding = ofSpinning(likely);
        missing.add(
            "no source shows what "
                + culprit.task().comm()
                + " runs: neither its stack nor a perf sample ("
                + TAKE_PERF
                + ")");
      } else if (root != null && (circle != null || !isUnseen(last))) {
        List<Cause> fitting = fittingRoot(root);
        verdict = fitting.isEmpty() ? generic(root) : known(fitting);
        finding = fitting.isEmpty() ? null : fitting.get(0).judge(kernel);
      } else if (last != null && last.waitsFor() == WaitKind.DEVICE_REFERENCE) {
        List<Cause> fitting =
            causes.stream()
                .filter(cause -> cause.shows().fitLog(devices))
                .sorted(bestFirst())
                .toList();
        verdict = fitting.isEmpty() ? null : known(fitting);
        finding = fitting.isEmpty() ? null : fitting.get(0).judge(kernel);
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
      } else if (last != null) {
        missing.add(
            "no stack shows who holds "
                + pernetLock()
                + " (as root: echo w > /proc/sysrq-trigger; dmesg)");
        if (!situation.perfLooked()) {
          List<Cause> likely = affectedBySpinning();
          finding = likely.isEmpty() ? null : ofSpinning(likely);
        }
      }
      if (root != null
          && circle == null
          && !isUnseen(last)
          && (root.role() == Role.CLEANUP || root.role() == Role.PERNET_WRITER)
          && root.waitsFor() == WaitKind.PERNET_LOCK) {
        missing.add(
            "no stack shows who holds "
                + pernetLock()
                + " (as root: echo w > /proc/sysrq-trigger; dmesg)");
      }
      if (culprit != null && culprit.equals(supposedOwner)) {
        missing.add(
            "nothing shows that "
                + culprit.task().comm()
                + " holds rtnl_mutex but that it works on a network device, and that nobody else is"
                + " seen to hold it");
      }
      String otherGuesses = culprit == null ? null : otherGuesses(culprit);
      if (otherGuesses != null) {
        missing.add(
            "the kernel's guesses of who holds rtnl_mutex disagree: by another it is "
                + otherGuesses);
      }
      if (last != null
          && root != null
          && circle == null
          && last.waitsFor() == WaitKind.RTNL
          && (culprit == null || !culprit.ownsRtnl())) {
        List<Reading> others =
            readings.stream()
                .filter(it -> it.waitsFor() == WaitKind.RTNL && !it.isVictim())
                .filter(it -> !visited.contains(it.task().pid()))
                .sorted(OLDEST_FIRST)
                .toList();
        missing.add(
            "no stack shows who holds rtnl_mutex"
                + (others.isEmpty() ? "" : ", for which wait as well " + names(others))
                + " (as root: echo w > /proc/sysrq-trigger; dmesg)");
      }
      if (last != null
          && last.waitsFor() == WaitKind.OTHER_LOCK
          && root != null
          && circle == null
          && (root.sure() || !same.isEmpty())
          && !StackReader.OWN_LOCK.equals(root.lock())) {
        missing.add(
            "no stack shows who holds "
                + (root.lock() == null ? "the lock that " + root.waitsIn() + " takes" : root.lock())
                + (same.isEmpty() ? "" : ", for which wait as well " + names(same))
                + " (as root: echo t > /proc/sysrq-trigger; dmesg)");
      }
      if (culprit != null && culprit.equals(ofAnInstance)) {
        missing.add(
            "nothing shows that it is the very one of which "
                + culprit.task().comm()
                + " holds the lock, and not another instance");
      }
      if (culprit != null && isUnclear(culprit) && !culprit.sure()) {
        missing.add(
            "no stack shows where "
                + culprit.task().comm()
                + " is, nor its state whether it runs or waits (as root, three times: cat /proc/"
                + culprit.task().pid()
                + "/stack)");
      }
      Reading hot = hotBesidesTheChain();
      List<Cause> ofHot = hot == null ? List.of() : fitting(hot);
      if (!ofHot.isEmpty()) {
        verdict = known(ofHot).besides(verdict);
        finding = ofHot.get(0).judge(kernel);
        culprit = hot;
      }
      if (circle != null && chain.size() < Diagnosis.MAX_STEPS) {
        chain.add(circle);
      }
      if (verdict != null && culprit != null && inCircle.contains(culprit)) {
        verdict = verdict.deadlocked(inCircle.stream().map(it -> nameOf(it.task())).toList());
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

    private @Nullable Reading unseenRoot(@Nullable WaitStep last) {
      return isUnseen(last) && last != null ? last.reading() : null;
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
          root.role() == Role.LOCK_OWNER && waiter != null ? fitting(waiter) : List.of();
      return ofWaiter.isEmpty() ? fitting(root) : ofWaiter;
    }

    /** What this kernel may have, and of that what demands most. */
    private Comparator<Cause> bestFirst() {
      return Comparator.<Cause>comparingInt(
              cause -> cause.judge(kernel).verdict() == KernelVerdict.NOT_AFFECTED ? 1 : 0)
          .thenComparingInt(cause -> -cause.shows().demands());
    }

    private List<Cause> fitting(Reading root) {
      Comparator<Cause> order =
          bestFirst()
              .thenComparingInt(cause -> isOverdue(cause) ? 1 : 0)
              .thenComparingLong(cause -> -cause.shows().likelihood(root))
              .thenComparingInt(cause -> cause.doubt(kernel))
              .thenComparingInt(Cause::rankOrUsual)
              .thenComparing(Cause::id);
      return causes.stream()
          .filter(cause -> cause.shows().fit(root, devices))
          .sorted(order)
          .toList();
    }

    /** What ends by itself would have ended by now. */
    private boolean isOverdue(Cause cause) {
      long lastsMs = 0;
      for (Reading reading : readings) {
        Long sinceMs = reading.task().sinceMs();
        lastsMs =
            sinceMs == null ? lastsMs : Math.max(lastsMs, reading.task().observedAtMs() - sinceMs);
      }
      return cause.course() == Course.FINITE && lastsMs >= LONGEST_FINITE_MS;
    }

    private CauseVerdict known(List<Cause> fitting) {
      Cause cause = fitting.get(0);
      List<Alternative> alternatives =
          fitting.stream()
              .skip(1)
              .filter(other -> other.shows().demands() == cause.shows().demands())
              .filter(other -> other.judge(kernel).verdict() != KernelVerdict.NOT_AFFECTED)
              .map(Alternative::of)
              .toList();
      List<Cause> others =
          fitting.stream().filter(it -> alternatives.contains(Alternative.of(it))).toList();
      Fix fix = cause.kernels().fix();
      return new CauseVerdict(
          cause.id(),
          cause.version(),
          cause.headline(),
          cause.summary()
              + (cause.evidence() == Certainty.INFERRED
                  ? " (Inferred from the kernel's code; no report of it is known.)"
                  : ""),
          true,
          cause.course() == Course.EITHER ? null : cause.course() == Course.ENDLESS,
          fix == null ? null : fix.words(),
          cures(cause, others),
          options(cause, others),
          cause.tellApart(),
          alternatives);
    }

    /** Of each that it may be, as far as any is known: the first one's alone may not help. */
    private @Nullable String cures(Cause cause, List<Cause> others) {
      List<String> cures = new ArrayList<>();
      String first = cause.cureFor(kernel);
      if (first != null) {
        cures.add(first);
      }
      for (Cause other : others) {
        String cure = other.cureFor(kernel);
        if (cure != null && !cure.equals(first)) {
          cures.add("where it is " + other.id() + ": " + cure);
        }
      }
      return cures.isEmpty() ? null : String.join("; ", cures);
    }

    /** What can be done about whoever holds the device, where that is known, comes first. */
    private List<String> options(Cause cause, List<Cause> others) {
      List<String> options = new ArrayList<>();
      if (cause.shows().waits().contains(WaitKind.DEVICE_REFERENCE)) {
        for (HeldDevice device : devices) {
          String holder = device.holder();
          String stop = holder == null ? null : Subsystems.of(holder).stop();
          if (stop != null) {
            options.add("Stop or remove what holds " + device.name() + ": " + stop + ".");
          }
        }
      }
      options.addAll(cause.options());
      for (Cause other : others) {
        other.options().stream()
            .filter(it -> !options.contains(it))
            .map(it -> "Where it is " + other.id() + ": " + it)
            .forEach(options::add);
      }
      return options;
    }

    private CauseVerdict generic(Reading root) {
      String function = root.function() != null ? root.function() : root.waitsIn();
      String inner = ofModule(root);
      if (inner != null) {
        function = inner;
      }
      Subsystem subsystem =
          function == null || KernelFunctions.isOfNamespaces(function)
              ? null
              : Subsystems.of(function);
      List<String> options = new ArrayList<>();
      if (subsystem != null && subsystem.stop() != null) {
        options.add("Stop or remove what it works for: " + subsystem.stop() + ".");
      }
      if (subsystem != null && subsystem.module() != null) {
        options.add(
            "After a reboot, keep the module "
                + subsystem.module()
                + " from being loaded, if the host can do without; unloading it now would wait for"
                + " the same lock.");
      }
      String where = where(root, function, subsystem);
      String does =
          root.waitsFor() == WaitKind.NOTHING || root.waitsFor() == WaitKind.INTERRUPTED
              ? "runs in "
              : isUnclear(root) ? "runs or waits in " : "waits for " + what(root) + " in ";
      return new CauseVerdict(
          subsystem == null ? "unknown" : "unknown-" + slug(subsystem.name()),
          "0",
          "held up in " + where,
          "No known bug fits. " + root.task().comm() + " " + does + where + ".",
          false,
          null,
          null,
          null,
          options,
          null,
          List.of());
    }

    private CauseVerdict hotWorker(Reading worker, List<Cause> likely) {
      return new CauseVerdict(
          "unknown",
          "0",
          "a kernel worker runs hot, and what it does could not be seen",
          worker.task().cleansUp()
              ? worker.task().comm()
                  + " runs hot, in the namespace cleanup by its name; its stack could not be read."
              : worker.task().comm()
                  + " runs hot and its stack could not be read: so does a worker that spins in the"
                  + " namespace cleanup.",
          false,
          null,
          null,
          likely.isEmpty() ? null : likely.get(0).cureFor(kernel),
          List.of(),
          null,
          likely.stream().map(Alternative::of).toList());
    }

    /** Causes that spin for ever in the cleanup and that this kernel has. */
    private List<Cause> affectedBySpinning() {
      return causes.stream()
          .filter(cause -> cause.course() == Course.ENDLESS)
          .filter(cause -> cause.shows().activity() == Shows.Activity.HOT)
          .filter(cause -> cause.shows().roles().contains(Role.CLEANUP))
          .filter(cause -> cause.judge(kernel).verdict() == KernelVerdict.AFFECTED)
          .sorted(Comparator.comparingInt(Cause::rankOrUsual).thenComparing(Cause::id))
          .toList();
    }

    private KernelFinding ofSpinning(List<Cause> likely) {
      if (likely.isEmpty()) {
        return new KernelFinding(
            KernelVerdict.UNKNOWN, "Which bug it is, is not known, so neither is who has it.");
      }
      Cause first = likely.get(0);
      return new KernelFinding(
          KernelVerdict.AFFECTED,
          "No evidence shows that it is the cause here, but this kernel has "
              + first.headline()
              + ": "
              + first.judge(kernel).reason());
    }
  }

  /**
   * The outermost function of a module that the handler called: what it unregisters is that
   * module's, where the handler itself is of all network devices.
   */
  private static @Nullable String ofModule(Reading root) {
    String handler = root.function();
    if (handler == null || Subsystems.of(handler).module() != null) {
      return null;
    }
    for (int i = root.decidingFrame() - 1; i >= 0; i--) {
      if (Subsystems.of(root.frames().get(i)).module() != null) {
        return root.frames().get(i);
      }
    }
    return null;
  }

  /** Where somebody stands of whom no cause is known. */
  private static String where(
      Reading root, @Nullable String function, @Nullable Subsystem subsystem) {
    if (function == null) {
      return root.role() == Role.CLEANUP
          ? "the cleanup of namespaces"
          : "a function that no stack names";
    }
    if (subsystem != null) {
      return function + " of " + subsystem.name();
    }
    return root.waitsFor() == WaitKind.UNKNOWN
        ? "a handler that its stack does not name, called from " + function
        : function;
  }

  /** Whether neither its state nor its stack says what it does. */
  private static boolean isUnclear(Reading reading) {
    return reading.waitsFor() == WaitKind.UNKNOWN && reading.task().isOfUnknownState();
  }

  private static String slug(String name) {
    String words = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    return words.replaceAll("^-|-$", "");
  }
}
