package io.netnswatch.detection.cause;

import io.netnswatch.detection.signature.KernelVersion;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a task's stack says of it.
 *
 * @param task the task
 * @param role what it has to do with namespaces
 * @param frames the look at its stack that says most, innermost first; empty for a hot worker
 * @param function the exit or init handler, or for an owner of rtnl the function that holds it,
 *     that the task is in; null if it is in none
 * @param decidingFrame where {@code function} stands in {@code frames}; -1 if nowhere
 * @param exiting whether {@code function} is an exit handler rather than an init handler
 * @param waitsFor what it waits for
 * @param waitsIn the function from which it waits; null if it runs or none is visible
 * @param lock the lock it waits for, where it is neither that of the namespaces nor rtnl; null
 *     otherwise
 * @param ownsRtnl whether it holds the rtnl lock
 * @param sure false if what it waits for follows from the innermost function alone and could be
 *     something else
 * @param moving whether several looks show it in different handlers: it makes headway
 */
public record Reading(
    Task task,
    Role role,
    List<String> frames,
    @Nullable String function,
    int decidingFrame,
    boolean exiting,
    WaitKind waitsFor,
    @Nullable String waitsIn,
    @Nullable String lock,
    boolean ownsRtnl,
    boolean sure,
    boolean moving) {

  private static final String UNREGISTER_MANY = "unregister_netdevice_many_notify";

  public Reading {
    frames = List.copyOf(frames);
  }

  /** From then on more and more handlers of rtnetlink messages take rtnl by themselves. */
  private static final KernelVersion FIRST_WITH_OWN_RTNL = new KernelVersion(6, 13, 0);

  /** The cleanup gives rtnl back while it flushes. */
  private static final KernelVersion FIRST_TO_GIVE_RTNL_BACK = new KernelVersion(6, 14, 0);

  /** Where it waits, or else what it works in; null if neither is known. */
  public @Nullable String place() {
    return waitsIn != null ? waitsIn : function;
  }

  /** Whether it runs with, or sleeps on, the lock of the namespaces, rather than wait for it. */
  public boolean holdsPernetLock() {
    return switch (role) {
      case CLEANUP -> waitsFor != WaitKind.PERNET_LOCK && !isLastStep();
      case PERNET_WRITER, CREATOR -> waitsFor != WaitKind.PERNET_LOCK;
      case RTNL_OWNER, RTNL_WAITER, LOCK_OWNER, DEVICE_REMOVER, DEVICE_WORKER, HOT_WORKER -> false;
    };
  }

  /**
   * Whether it is a cleanup in the rcu_barrier with which cleanup_net ends: on all kernels that
   * comes after the lock was given back. The barriers of handlers stand further in.
   */
  public boolean isLastStep() {
    int cleanup = role == Role.CLEANUP ? KernelFunctions.CLEANUP.lastIn(frames) : -1;
    return cleanup > 0 && frames.get(cleanup - 1).equals("rcu_barrier");
  }

  /** Whether it holds rtnl by the kernel's own guess, which may be of a moment before. */
  public boolean isGuessedOwner() {
    return ownsRtnl && frames.contains(StackReader.GUESSED_TO_HOLD_RTNL);
  }

  /** Whether it is likely to hold rtnl, and not seen to. */
  public boolean isLikelyOwner() {
    return isGuessedOwner() || frames.contains(StackReader.LIKELY_HOLDS_RTNL);
  }

  /** Whether it is a creation that waits, and does not itself stand in others' way. */
  public boolean isVictim() {
    return role == Role.CREATOR
        && (waitsFor == WaitKind.PERNET_LOCK || (waitsFor == WaitKind.RTNL && !exiting));
  }

  /** The lock of a subsystem that it holds, whatever it waits for itself; null if none is seen. */
  public @Nullable String holdsLock() {
    int owner = StackReader.ownerOfOtherLock(frames, lock);
    return owner < 0 ? null : KernelFunctions.lockHeldBy(frames.get(owner));
  }

  /** Whether a mutex stands on its stack as what it waits for. */
  public boolean waitsForMutex() {
    int lock = KernelFunctions.MUTEX_WAITS.firstIn(frames);
    return lock >= 0
        && lock < frames.indexOf(waitsIn)
        && KernelFunctions.RWSEM_WAITS.firstIn(frames) < 0;
  }

  /** Of a task whose stack shows nothing. */
  static Reading unseen(Task task, Role role, WaitKind waitsFor) {
    return new Reading(
        task, role, List.of(), null, -1, false, waitsFor, null, null, false, false, false);
  }

  Reading waitingFor(WaitKind other) {
    return waiting(other, null, ownsRtnl, true);
  }

  /**
   * One that may wait for that lock, as what else its function waits for is not seen to be held.
   */
  Reading waitingForLock(String other) {
    return waiting(WaitKind.OTHER_LOCK, other, ownsRtnl, false);
  }

  /** One that waits for a lock that is not named, and may be rtnl. */
  Reading waitingForRtnl() {
    return waiting(WaitKind.RTNL, null, false, false);
  }

  private Reading waiting(WaitKind other, @Nullable String otherLock, boolean owns, boolean known) {
    return new Reading(
        task,
        role,
        frames,
        function,
        decidingFrame,
        exiting,
        other,
        waitsIn,
        otherLock,
        owns,
        known,
        moving);
  }

  /** One that is likely to hold rtnl, since nobody else is seen to. */
  Reading asOwner() {
    return new Reading(
        task,
        Role.RTNL_OWNER,
        Stream.concat(frames.stream(), Stream.of(StackReader.LIKELY_HOLDS_RTNL)).toList(),
        function,
        decidingFrame,
        false,
        waitsFor,
        waitsIn,
        lock,
        true,
        false,
        moving);
  }

  /** Who takes the lock of the namespaces as a writer, and then rtnl, and waits for one of them. */
  Reading asWriter(WaitKind other, boolean known) {
    return new Reading(
        task,
        Role.PERNET_WRITER,
        frames,
        null,
        -1,
        false,
        other,
        waitsIn,
        null,
        ownsRtnl,
        known,
        moving);
  }

  /**
   * The same on Linux 4.17 and later: there whoever registers a notifier of devices, or takes it
   * back, takes the lock of the namespaces as a writer before rtnl, and has it or is queued for it.
   */
  public Reading from417() {
    return role == Role.RTNL_WAITER
            && waitsIn != null
            && KernelFunctions.NOTIFIER_WRITERS.has(waitsIn)
        ? asWriter(WaitKind.PERNET_LOCK, false)
        : this;
  }

  /**
   * The same on one kernel, where it depends on that who has rtnl.
   *
   * @param version null if it is not known
   */
  public Reading on(@Nullable KernelVersion version) {
    Reading reading = takingRtnlItself(version);
    return version != null && version.compareTo(FIRST_TO_GIVE_RTNL_BACK) >= 0
        ? reading.from614()
        : reading;
  }

  /**
   * The same where handlers of rtnetlink messages may take rtnl by themselves: one that sleeps and
   * is the innermost function waits for it, or likely does, and is not its owner.
   */
  private Reading takingRtnlItself(@Nullable KernelVersion version) {
    String handler =
        role == Role.RTNL_OWNER
                && (waitsFor == WaitKind.UNKNOWN || waitsFor == WaitKind.OTHER_LOCK)
                && !task.isRunning()
            ? StackReader.innermostHandler(frames)
            : null;
    if (handler == null) {
      return this;
    }
    KernelVersion from = KernelFunctions.TAKE_RTNL_FROM.get(handler);
    boolean sure = version != null && from != null && version.compareTo(from) >= 0;
    boolean may = version == null ? from != null : version.compareTo(FIRST_WITH_OWN_RTNL) >= 0;
    return sure || (may && (from == null || version == null))
        ? new Reading(
            task,
            Role.RTNL_WAITER,
            frames,
            function,
            decidingFrame,
            false,
            WaitKind.RTNL,
            waitsIn,
            null,
            false,
            sure,
            moving)
        : this;
  }

  /**
   * The same on Linux 6.14 and later: there the cleanup gives rtnl back in
   * unregister_netdevice_many_notify for as long as it flushes backlogs and waits for RCU, and
   * takes it again.
   */
  private Reading from614() {
    int notify = role == Role.CLEANUP ? frames.indexOf(UNREGISTER_MANY) : -1;
    if (!ownsRtnl || notify < 0) {
      return this;
    }
    boolean retakes =
        UNREGISTER_MANY.equals(KernelFunctions.innermost(frames))
            && (waitsFor == WaitKind.UNKNOWN || waitsFor == WaitKind.OTHER_LOCK);
    if (retakes) {
      return waiting(WaitKind.RTNL, null, false, false);
    }
    boolean without =
        notify > 0
            && (KernelFunctions.WORK_FLUSHES.has(frames.get(notify - 1))
                || KernelFunctions.GRACE_PERIODS.has(frames.get(notify - 1)));
    return without ? waiting(waitsFor, lock, false, sure) : this;
  }

  Reading moving(boolean moves) {
    return new Reading(
        task,
        role,
        frames,
        function,
        decidingFrame,
        exiting,
        waitsFor,
        waitsIn,
        lock,
        ownsRtnl,
        sure,
        moves);
  }
}
