package io.netnswatch.qualitygate;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.qualitygate.Outcome.Published;
import io.netnswatch.schema.EventAction;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.IncidentStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lifecycle steps by incident, in order; what must be true of any life. */
final class Lives {

  private static final long UPDATE_EVERY_MS = 60_000;

  private Lives() {}

  static List<List<Published>> of(List<Published> published) {
    Map<String, List<Published>> byKey = new LinkedHashMap<>();
    for (Published step : published) {
      byKey.computeIfAbsent(step.incident().getIncidentKey(), key -> new ArrayList<>()).add(step);
    }
    return List.copyOf(byKey.values());
  }

  /** How it ended, or what it last was. */
  static String end(List<Published> life) {
    Incident last = life.get(life.size() - 1).incident();
    return last.getResolution() == null ? last.getStatus().name() : last.getResolution().name();
  }

  static void check(List<List<Published>> lives) {
    for (List<Published> life : lives) {
      for (int i = 0; i < life.size(); i++) {
        Incident step = life.get(i).incident();
        assertThat(step.getEventId()).isEqualTo(step.getIncidentKey() + "/" + i);
        assertThat(step.getEventAction() == EventAction.TRIGGER).isEqualTo(i == 0);
        assertThat(step.getIncidentKey().length()).isLessThanOrEqualTo(255);
        assertThat(step.getTitle().length()).isLessThanOrEqualTo(130);
        if (step.getStatus() == IncidentStatus.RESOLVED) {
          assertThat(i).isEqualTo(life.size() - 1);
        }
        if (step.getEventAction() == EventAction.UPDATE && !step.getNoData()) {
          Incident before = life.get(i - 1).incident();
          long apartMs = step.getUpdatedAt().toEpochMilli() - before.getUpdatedAt().toEpochMilli();
          assertThat(apartMs < 0 || apartMs >= UPDATE_EVERY_MS).isTrue(); // below 0: clock set back
        }
      }
    }
  }
}
