package io.netnswatch.collector.metrics;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a source is.
 *
 * @param name e.g. {@code perf}
 * @param offBecause why it gives nothing; null if it is on
 * @param turns ended, failed ones among them
 * @param failedTurns those that threw
 * @param turnTime of all turns together
 */
public record SourceStatus(
    String name, @Nullable String offBecause, long turns, long failedTurns, Duration turnTime) {}
