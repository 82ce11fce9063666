package io.netnswatch.detection;

import io.netnswatch.detection.evidence.BootEvidence;
import io.netnswatch.detection.evidence.Evidence;
import java.util.ArrayList;
import java.util.List;

/**
 * A window of one boot of a host.
 *
 * @param startMs start, epoch milliseconds
 * @param evidence what has fallen into it
 */
public record HostWindow(long startMs, BootEvidence evidence) {

  /** Windows in order, with one more piece of evidence in the one that begins then. */
  static List<HostWindow> with(List<HostWindow> windows, long startMs, Evidence evidence) {
    BootEvidence seen = BootEvidence.of(evidence);
    List<HostWindow> after = new ArrayList<>(windows.size() + 1);
    boolean placed = false;
    for (HostWindow window : windows) {
      if (!placed && window.startMs > startMs) {
        after.add(new HostWindow(startMs, seen));
        placed = true;
      }
      boolean same = window.startMs == startMs;
      after.add(same ? new HostWindow(startMs, window.evidence.merge(seen)) : window);
      placed |= same;
    }
    if (!placed) {
      after.add(new HostWindow(startMs, seen));
    }
    return after;
  }
}
