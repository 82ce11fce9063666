package io.netnswatch.oncall.act;

import static java.util.Comparator.naturalOrder;

import io.netnswatch.oncall.alert.Alert;
import io.netnswatch.oncall.alert.Digest;
import io.netnswatch.schema.HostAction;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.Severity;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** What people are told instead of what was held back. */
final class HeldBackAlert {

  private static final int MAX_LISTED = 50;

  private HeldBackAlert() {}

  /**
   * One page for all that was held back in one time.
   *
   * @param held what was held back; at least one
   * @param out hosts that are out
   * @param open their incidents; at least one
   */
  static Alert of(
      String target, Instant since, List<HostAction> held, List<String> out, List<Incident> open) {
    HostAction first = held.get(0);
    String hosts = open.size() == 1 ? open.get(0).getHost() : open.size() + " hosts";
    String title =
        "%s not acted on (%s by %s): %s; %d out already; e.g. %s"
            .formatted(
                hosts,
                first.getOperation(),
                target,
                first.getReason(),
                out.size(),
                first.getTitle());
    String note =
        "Nothing was done to %s, and nothing will be: %s. It is for people to decide.%nHeld back: %s%nOut: %s"
            .formatted(
                hosts,
                first.getReason(),
                listed(open.stream().map(Incident::getHost).sorted().distinct().toList()),
                out.isEmpty() ? "none" : listed(out));
    return new Alert(
        "held-back/" + target + "/" + since,
        "held-back/" + target,
        false,
        Digest.sha256(note),
        open.stream().map(Incident::getSeverity).min(naturalOrder()).orElse(Severity.CRITICAL),
        title,
        since,
        held.stream().map(HostAction::getRecordedAt).max(naturalOrder()).orElse(since),
        null,
        open,
        note);
  }

  private static String listed(List<String> hosts) {
    String listed = hosts.stream().limit(MAX_LISTED).collect(Collectors.joining(", "));
    return hosts.size() <= MAX_LISTED
        ? listed
        : listed + " and " + (hosts.size() - MAX_LISTED) + " more";
  }
}
