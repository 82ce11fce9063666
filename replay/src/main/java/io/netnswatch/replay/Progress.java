package io.netnswatch.replay;

import io.netnswatch.detection.evidence.Evidence;
import io.netnswatch.replay.Replay.Totals;
import io.netnswatch.replay.history.RecordedEvent;
import io.netnswatch.replay.history.TimeRange;
import io.netnswatch.schema.Incident;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Says now and then how far a replay is, and hands its steps on. */
final class Progress implements Replay.Listener {

  private static final long EVERY_NANOS = Duration.ofSeconds(2).toNanos();

  private final @Nullable PrintWriter out;
  private final TimeRange range;
  private final IncidentSink sink;
  private final @Nullable ReportRecorder report;
  private final long beganNanos = System.nanoTime();
  private long saidNanos = System.nanoTime();
  private @Nullable Instant first;
  private long incidents;

  /**
   * Progress of a replay.
   *
   * @param out where to say it; null for nowhere
   * @param report gathers what a report shows; null if none is wanted
   */
  Progress(
      @Nullable PrintWriter out,
      TimeRange range,
      IncidentSink sink,
      @Nullable ReportRecorder report) {
    this.report = report;
    this.out = out;
    this.range = range;
    this.sink = sink;
  }

  @Override
  public void event(RecordedEvent event, Evidence evidence) {
    if (report != null && range.contains(event.event().eventTime())) {
      report.event(event, evidence);
    }
  }

  @Override
  public void incident(Incident incident) throws IOException {
    incidents++;
    sink.accept(incident);
  }

  @Override
  public void reached(Instant moment, Totals totals) {
    if (first == null) {
      first = moment;
    }
    if (System.nanoTime() - saidNanos > EVERY_NANOS) {
      saidNanos = System.nanoTime();
      say(
          share(moment)
              + "at "
              + moment.truncatedTo(ChronoUnit.SECONDS)
              + ", "
              + rate(totals)
              + ", "
              + incidents
              + " lifecycle steps");
    }
  }

  private String share(Instant moment) {
    Instant to = range.to();
    if (first == null || to == null || !first.isBefore(to)) {
      return "";
    }
    long percent =
        100 * Duration.between(first, moment).toSeconds() / Duration.between(first, to).toSeconds();
    return Math.max(0, Math.min(100, percent)) + " %, ";
  }

  /** Says how it ended. */
  void done(Totals totals) {
    say("done, " + rate(totals));
  }

  private String rate(Totals totals) {
    double seconds = Math.max(1, System.nanoTime() - beganNanos) / 1e9;
    return String.format(
        java.util.Locale.ROOT,
        "%,d events in %.1f s, %,d a second",
        totals.events(),
        seconds,
        Math.round(totals.events() / seconds));
  }

  private void say(String words) {
    if (out != null) {
      out.println("replay: " + words);
      out.flush();
    }
  }
}
