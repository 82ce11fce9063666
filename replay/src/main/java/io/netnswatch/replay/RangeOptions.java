package io.netnswatch.replay;

import io.netnswatch.command.Range;
import io.netnswatch.replay.history.TimeRange;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options that say which stretch of history. */
final class RangeOptions {

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Begin, UTC, e.g. 2026-11-22T10:00:00Z; default: the beginning.")
  private @Nullable Instant from;

  @Option(names = "--to", paramLabel = "TIME", description = "End; default: the end.")
  private @Nullable Instant to;

  @Range(min = "0s", max = "3650d")
  @Option(
      names = "--stragglers",
      paramLabel = "TIME",
      defaultValue = "1d",
      description =
          "With --to on topics: how much later than that an event may have come to be seen;"
              + " collectors deliver what they had spooled behind newer events.")
  private Duration stragglers = Duration.ofDays(1);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /** The range. */
  TimeRange range() {
    try {
      return new TimeRange(from, to);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
    }
  }

  Duration stragglers() {
    return stragglers;
  }
}
