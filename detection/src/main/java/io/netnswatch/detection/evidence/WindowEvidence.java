package io.netnswatch.detection.evidence;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * All evidence of one host in one window, by boot.
 *
 * <p>Merging keeps a maximum by a total order everywhere, so it is commutative, associative and
 * idempotent: neither the order of arrival nor duplicates can change a window.
 *
 * @param boots one entry a boot, oldest first; more than one only in the window of a reboot
 */
public record WindowEvidence(List<BootEvidence> boots) {

  /** A window nothing has fallen into. */
  public static final WindowEvidence EMPTY = new WindowEvidence(List.of());

  private static final Comparator<BootEvidence> BY_FIRST_EVENT =
      Comparator.comparingLong(BootEvidence::firstEventMs).thenComparing(BootEvidence::bootId);

  public WindowEvidence {
    boots = List.copyOf(boots);
  }

  /** This window with one more piece of evidence. */
  public WindowEvidence with(Evidence evidence) {
    BootEvidence added = BootEvidence.of(evidence);
    if (boots.isEmpty()) {
      return new WindowEvidence(List.of(added));
    }
    if (boots.size() == 1 && boots.get(0).bootId().equals(added.bootId())) {
      return new WindowEvidence(List.of(boots.get(0).merge(added)));
    }
    List<BootEvidence> merged = new ArrayList<>(boots.size() + 1);
    boolean known = false;
    for (BootEvidence boot : boots) {
      boolean same = boot.bootId().equals(added.bootId());
      merged.add(same ? boot.merge(added) : boot);
      known |= same;
    }
    if (!known) {
      merged.add(added);
    }
    merged.sort(BY_FIRST_EVENT);
    return new WindowEvidence(merged);
  }
}
