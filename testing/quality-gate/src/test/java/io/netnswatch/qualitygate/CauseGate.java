package io.netnswatch.qualitygate;

import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.qualitygate.Outcome.Published;
import io.netnswatch.schema.Cause;
import io.netnswatch.schema.Incident;
import io.netnswatch.simulator.Cadence;
import io.netnswatch.simulator.Condition;
import io.netnswatch.simulator.Fleet;
import io.netnswatch.simulator.HostSpec;
import io.netnswatch.simulator.Simulation;
import io.netnswatch.simulator.TelemetrySource;
import io.netnswatch.simulator.TimelineStep.ConditionBegins;
import io.netnswatch.simulator.TimelineStep.TroubleBegins;
import io.netnswatch.simulator.Trouble;
import io.netnswatch.simulator.Trouble.Creations;
import io.netnswatch.simulator.Visibility;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Counts for each form of each known cause, on hosts that see all or less, what is named. */
final class CauseGate {

  private static final Instant START = Instant.parse("2026-11-22T00:00:00Z");
  private static final long BEGIN_MS = 30_000;
  private static final long END_MS = 210_000;
  private static final long LENGTH_MS = 240_000;

  /** So many forms of seeing less each trouble is tried with, besides seeing all; in turn. */
  private static final int LESS = 2;

  private static final String LOOK_ALIKES = "(look-alikes)";

  private static final List<Sight> SIGHTS =
      List.of(
          Sight.of("all", Visibility.FULL),
          new Sight("no perf", Visibility.FULL, without(TelemetrySource.PERF)),
          new Sight("no probe", Visibility.FULL, without(TelemetrySource.PROBE)),
          Sight.of("no call paths", new Visibility(false, true, true, true, false)),
          Sight.of("no wchan", new Visibility(true, true, true, false, false)),
          Sight.of("no stacks", new Visibility(true, true, false, true, false)),
          Sight.of("compiler suffixes", new Visibility(true, true, true, true, true)));

  /** What a host's collector has and sees. */
  private record Sight(String name, Visibility visibility, Set<TelemetrySource> sources) {

    static Sight of(String name, Visibility visibility) {
      return new Sight(name, visibility, Set.of(TelemetrySource.values()));
    }

    /**
     * Whether it shows that there is trouble: how long what finishes took, only the probe tells.
     */
    boolean tellsOf(Trouble trouble) {
      return trouble.creations() != Creations.SLOW || sources.contains(TelemetrySource.PROBE);
    }

    /** Whether it shows who holds the lock, and where. */
    boolean shows(Trouble trouble) {
      return visibility.stacks() || (trouble.isHot() && trouble.program() == null);
    }
  }

  private static Set<TelemetrySource> without(TelemetrySource source) {
    Set<TelemetrySource> others = EnumSet.allOf(TelemetrySource.class);
    others.remove(source);
    return others;
  }

  /** How often each thing was said. */
  private static final class Tally {
    int episodes;
    int right;
    int alternative;
    int unknown;
    int wrong;
    int silent;
  }

  private final Map<String, Tally> tallies = new TreeMap<>();
  private final List<String> wrong = new ArrayList<>();
  private final List<String> notNamed = new ArrayList<>();
  private final List<String> madeUp = new ArrayList<>();

  void run(List<Trouble> troubles) throws InvalidEventException {
    int number = 0;
    int turn = 0;
    for (Trouble trouble : troubles) {
      for (int i = 0; i <= LESS; i++) {
        Sight sight = SIGHTS.get(i == 0 ? 0 : 1 + turn++ % (SIGHTS.size() - 1));
        judge(trouble, sight, lives(host("host-" + ++number, trouble, sight)));
      }
    }
  }

  private static HostSpec host(String name, Trouble trouble, Sight sight) {
    return new HostSpec(
        name,
        4,
        trouble.kernel(),
        sight.sources(),
        sight.visibility(),
        Cadence.DEFAULT,
        true,
        0,
        List.of(
            new TroubleBegins(BEGIN_MS, trouble), new ConditionBegins(END_MS, Condition.HEALTHY)));
  }

  private static List<List<Published>> lives(HostSpec host) throws InvalidEventException {
    Fleet fleet = Fleet.of(7, START, Duration.ofMillis(LENGTH_MS), host);
    Outcome outcome = new Outcome(false);
    for (var events = new Simulation(fleet).events(host).iterator(); events.hasNext(); ) {
      outcome.feed(events.next());
    }
    List<List<Published>> lives = Lives.of(outcome.published());
    Lives.check(lives);
    return lives;
  }

  private void judge(Trouble trouble, Sight sight, List<List<Published>> lives) {
    String cause = trouble.cause();
    Tally tally = tallies.computeIfAbsent(cause == null ? LOOK_ALIKES : cause, it -> new Tally());
    tally.episodes++;
    String what = trouble + ", " + sight.name();
    if (cause == null) {
      tally.silent += lives.isEmpty() ? 1 : 0;
      tally.wrong += lives.isEmpty() ? 0 : 1;
      lives.forEach(life -> madeUp.add(life.get(0).incident().getTitle() + " of " + what));
      return;
    }
    Incident incident = lastDuring(lives);
    if (incident == null) {
      tally.silent++;
      if (sight.tellsOf(trouble)) {
        notNamed.add("nothing of " + what);
      }
      return;
    }
    Cause said = incident.getCause();
    if (said == null || !said.getKnown()) {
      tally.unknown++;
      if (sight.shows(trouble)) {
        notNamed.add((said == null ? "no cause" : said.getCauseId()) + " of " + what);
      }
    } else if (said.getCauseId().equals(cause)) {
      tally.right++;
    } else if (said.getAlternatives().contains(cause)) {
      tally.alternative++;
    } else {
      tally.wrong++;
      wrong.add(said.getCauseId() + " of " + what);
    }
  }

  /** The last step of what was open while it went on, that of the graver kind last. */
  private static @Nullable Incident lastDuring(List<List<Published>> lives) {
    Incident last = null;
    for (List<Published> life : lives) {
      for (Published step : life) {
        boolean during =
            step.incident().getUpdatedAt().isBefore(START.plusMillis(END_MS))
                && step.incident().getResolution() == null;
        if (during
            && (last == null || !step.incident().getUpdatedAt().isBefore(last.getUpdatedAt()))) {
          last = step.incident();
        }
      }
    }
    return last;
  }

  /** Another cause than the true one, and that one not among the alternatives. */
  List<String> wrong() {
    return wrong;
  }

  /** Causes that went unnamed though the host's sources show them. */
  List<String> notNamed() {
    return notNamed;
  }

  /** Said of look-alikes. */
  List<String> madeUp() {
    return madeUp;
  }

  /** Ids of all causes that were tried. */
  Set<String> causes() {
    Set<String> causes = new TreeSet<>(tallies.keySet());
    causes.remove(LOOK_ALIKES);
    return causes;
  }

  /** The table of detection/README.md. */
  String table() {
    StringBuilder text =
        new StringBuilder(
            """
            | cause | episodes | right | among the alternatives | unknown | wrong | nothing said |
            |---|---|---|---|---|---|---|
            """);
    Tally sum = new Tally();
    tallies.forEach(
        (cause, tally) -> {
          row(text, cause, tally);
          if (!cause.equals(LOOK_ALIKES)) {
            sum.episodes += tally.episodes;
            sum.right += tally.right;
            sum.alternative += tally.alternative;
            sum.unknown += tally.unknown;
            sum.wrong += tally.wrong;
            sum.silent += tally.silent;
          }
        });
    row(text, "all causes", sum);
    return text.toString();
  }

  private static void row(StringBuilder text, String cause, Tally tally) {
    text.append("| ")
        .append(cause)
        .append(" | ")
        .append(
            String.join(
                " | ",
                Stream.of(
                        tally.episodes,
                        tally.right,
                        tally.alternative,
                        tally.unknown,
                        tally.wrong,
                        tally.silent)
                    .map(String::valueOf)
                    .toList()))
        .append(" |\n");
  }
}
