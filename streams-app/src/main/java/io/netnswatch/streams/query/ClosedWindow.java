package io.netnswatch.streams.query;

import io.netnswatch.detection.evidence.BootEvidence;
import java.time.Instant;
import java.util.List;

/**
 * A window that has been judged.
 *
 * @param startedAt its begin, by the host's clock
 * @param boots its evidence, by boot; more than one only in the window of a reboot
 */
public record ClosedWindow(Instant startedAt, List<BootEvidence> boots) {

  public ClosedWindow {
    boots = List.copyOf(boots);
  }
}
