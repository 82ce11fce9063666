package io.netnswatch.detection.evidence;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * All evidence of one host in one window, by boot.
 *
 * @param boots one entry a boot, oldest first; more than one only in the window of a reboot, or
 *     where two hosts have one name
 */
public record WindowEvidence(List<BootEvidence> boots) {

  private static final Comparator<BootEvidence> BY_FIRST_EVENT =
      Comparator.comparingLong(BootEvidence::firstEventMs).thenComparing(BootEvidence::bootId);

  public WindowEvidence {
    boots = List.copyOf(boots);
  }

  /** A window in which one boot was seen. */
  public static WindowEvidence of(BootEvidence boot) {
    return new WindowEvidence(List.of(boot));
  }

  /**
   * With a boot's evidence, in place of what was known of it.
   *
   * @param most so many boots are kept, the oldest
   */
  public WindowEvidence with(BootEvidence added, int most) {
    List<BootEvidence> all = new ArrayList<>(boots.size() + 1);
    for (BootEvidence boot : boots) {
      if (!boot.bootId().equals(added.bootId())) {
        all.add(boot);
      }
    }
    all.add(added);
    all.sort(BY_FIRST_EVENT);
    return new WindowEvidence(all.subList(0, Math.min(most, all.size())));
  }
}
