package io.netnswatch.collector.text;

import io.netnswatch.collector.text.TextEvidence.Dated;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns what the texts say of time into epoch milliseconds. */
final class TextClock {
  final long lastMs;
  private final @Nullable Long bootedAtMs;

  TextClock(List<Dated<Object>> dated, Instant reference) {
    Long wallMs = null;
    Long uptimeMs = null;
    Long booted = null;
    for (Dated<Object> each : dated) {
      Long wall = each.at().wallMs();
      Long uptime = each.at().uptimeMs();
      wallMs = later(wallMs, wall);
      uptimeMs = later(uptimeMs, uptime);
      if (wall != null && uptime != null) {
        booted = wall - uptime;
      }
    }
    long last = wallMs != null ? wallMs : reference.toEpochMilli();
    this.bootedAtMs =
        booted != null ? booted : uptimeMs == null ? null : Long.valueOf(last - uptimeMs);
    this.lastMs = booted != null && uptimeMs != null ? Math.max(last, booted + uptimeMs) : last;
  }

  private static @Nullable Long later(@Nullable Long a, @Nullable Long b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return Math.max(a, b);
  }

  long at(LogStamp stamp) {
    if (stamp.wallMs() != null) {
      return stamp.wallMs();
    }
    Long booted = bootedAtMs;
    return stamp.uptimeMs() != null && booted != null ? booted + stamp.uptimeMs() : lastMs;
  }
}
