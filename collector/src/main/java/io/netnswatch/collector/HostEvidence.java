package io.netnswatch.collector;

import io.netnswatch.collector.bundle.EvidenceBundle;
import io.netnswatch.collector.bundle.Manifest;
import io.netnswatch.collector.text.TextEvidence;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.TelemetryEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What there is of one host among several, and what was found in it. */
final class HostEvidence {

  /** The severest first, of these the surest. */
  static final Comparator<Incident> WORST_FIRST =
      Comparator.comparing(Incident::getSeverity).thenComparing(Incident::getConfidence);

  private final String name;
  private final List<TelemetryEvent> events = new ArrayList<>();
  private final List<Incident> incidents = new ArrayList<>();
  private final List<String> unused = new ArrayList<>();
  private final List<String> noted = new ArrayList<>();
  private boolean damaged;
  private @Nullable Manifest manifest;
  private @Nullable TextEvidence texts;

  HostEvidence(String name) {
    this.name = name;
  }

  /** A bundle's. */
  void add(List<TelemetryEvent> more, List<Incident> found, EvidenceBundle bundle) {
    events.addAll(more);
    incidents.addAll(found);
    unused.addAll(bundle.unused());
    damaged |= bundle.isDamaged();
    noted.addAll(EarlierLog.ofOtherTimes(bundle.logOfOtherTimes()));
    manifest = bundle.manifest();
  }

  /** That of texts. */
  void add(List<TelemetryEvent> more, List<Incident> found, TextEvidence ofHost) {
    events.addAll(more);
    incidents.addAll(found);
    texts = ofHost;
  }

  /** Whether texts are of it, one of so many hosts. */
  boolean isOf(TextEvidence ofHost, int hosts) {
    return texts == null && (ofHost.host() == null ? hosts == 1 : ofHost.isOf(name));
  }

  String name() {
    return name;
  }

  List<Incident> incidents() {
    return incidents;
  }

  List<String> unused() {
    return unused;
  }

  /** Null if there are bundles only. */
  @Nullable TextEvidence texts() {
    return texts;
  }

  EvidenceSummary summary() {
    EvidenceSummary summary = EvidenceSummary.of(events).damaged(damaged).noting(noted);
    EvidenceSummary known = manifest == null ? summary : summary.onKernel(manifest);
    return texts == null ? known : known.onKernel(texts.kernelRelease());
  }

  /** The worst of its incidents; null if there is none. */
  @Nullable Incident worst() {
    return incidents.stream().min(WORST_FIRST).orElse(null);
  }
}
