package io.netnswatch.detection;

import io.netnswatch.detection.evidence.Evidence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the detector remembers of a host: of each boot by that boot's own time, as two hosts may
 * have taken one name, and a host's clock may be wrong after a reboot.
 *
 * @param boots those that are, or may be, alive, in the order they were first heard of; nearly
 *     always one, for a short while after a reboot two
 * @param ended those that have ended, whose stragglers are ignored; latest last
 */
public record HostState(List<BootTrack> boots, List<EndedBoot> ended) {

  /** So many boots of a host are looked at side by side: invented ones must not fill the store. */
  public static final int MAX_BOOTS = 3;

  /** So many of those that have ended are remembered. */
  private static final int MAX_ENDED = 4;

  /** Made so much later than its end, an event shows that a boot has not ended. */
  private static final long REVIVED_AFTER_MS = 60_000;

  static final HostState NOTHING = new HostState(List.of(), List.of());

  private static final Comparator<BootTrack> BY_HEARD =
      Comparator.comparingLong(BootTrack::heardMs).thenComparingLong(BootTrack::firstHeardMs);

  /**
   * A boot that has ended.
   *
   * @param bootId the boot
   * @param endedAtMs event time of its end, epoch milliseconds
   */
  public record EndedBoot(String bootId, long endedAtMs) {}

  public HostState {
    boots = List.copyOf(boots);
    ended = List.copyOf(ended);
  }

  /** The boot heard of last; null only where nothing is known. */
  public @Nullable BootTrack present() {
    BootTrack present = null;
    for (BootTrack boot : boots) {
      present = present == null || BY_HEARD.compare(boot, present) >= 0 ? boot : present;
    }
    return present;
  }

  /** A boot that may be alive; null if it is not known. */
  @Nullable BootTrack boot(String bootId) {
    for (BootTrack boot : boots) {
      if (boot.bootId().equals(bootId)) {
        return boot;
      }
    }
    return null;
  }

  /** When it was last heard of, by its partition's clock in milliseconds. */
  long heardMs() {
    BootTrack present = present();
    return present == null ? 0 : present.heardMs();
  }

  /** Whether an incident of this host has been reported and not resolved. */
  public boolean hasOpenIncident() {
    for (BootTrack boot : boots) {
      if (boot.state().hasOpenIncident()) {
        return true;
      }
    }
    return false;
  }

  /** Whether two boots of it are alive at once: two hosts have one name. */
  public boolean isInterleaved() {
    return boots.stream().anyMatch(BootTrack::interleaved);
  }

  /** Whether evidence is a straggler of a boot that has ended. */
  boolean isOfAnEndedBoot(Evidence evidence) {
    return ended.stream()
        .anyMatch(
            boot ->
                boot.bootId().equals(evidence.bootId())
                    && evidence.eventTimeMs() <= boot.endedAtMs() + REVIVED_AFTER_MS);
  }

  /** With a boot as it is now. */
  HostState with(BootTrack now) {
    if (boots.size() == 1 && boots.get(0).bootId().equals(now.bootId())) {
      return new HostState(List.of(now), ended);
    }
    List<BootTrack> after = new ArrayList<>(boots.size() + 1);
    boolean known = false;
    for (BootTrack boot : boots) {
      boolean same = boot.bootId().equals(now.bootId());
      after.add(same ? now : boot);
      known |= same;
    }
    if (!known) {
      after.add(now);
    }
    return new HostState(after, ended);
  }

  HostState without(BootTrack gone) {
    return new HostState(
        boots.stream().filter(boot -> !boot.bootId().equals(gone.bootId())).toList(), ended);
  }

  /** A boot has ended. */
  HostState withEnded(BootTrack gone, long endedAtMs) {
    List<EndedBoot> after = new ArrayList<>();
    for (EndedBoot boot : ended) {
      if (!boot.bootId().equals(gone.bootId())) {
        after.add(boot);
      }
    }
    after.add(new EndedBoot(gone.bootId(), endedAtMs));
    return new HostState(
        without(gone).boots, after.subList(Math.max(0, after.size() - MAX_ENDED), after.size()));
  }

  /**
   * With room for one more boot: the one of the shortest life goes, as an invented one is.
   *
   * @return null if there is none, because incidents of all are open
   */
  @Nullable HostState withRoom() {
    if (boots.size() < MAX_BOOTS) {
      return this;
    }
    return boots.stream()
        .filter(boot -> !boot.state().hasOpenIncident())
        .min(Comparator.comparingLong(BootTrack::lifeMs).thenComparing(BootTrack::bootId))
        .map(this::without)
        .orElse(null);
  }

  /** With those boots marked that were heard of after one had begun that is not older. */
  HostState withInterleaved(BootTrack heard, long graceMs) {
    HostState state = this;
    for (BootTrack other : boots) {
      if (!other.bootId().equals(heard.bootId())
          && other.firstHeardMs() >= heard.firstHeardMs()
          && heard.heardMs() > other.firstHeardMs() + graceMs
          && heard.latestEventMs() > other.firstEventMs() + graceMs) {
        state = state.with(other.withInterleaved()).with(heard.withInterleaved());
      }
    }
    return state;
  }
}
