package io.netnswatch.simulator;

import java.time.Instant;

/**
 * The truth: a host was in a condition.
 *
 * @param host its name
 * @param kernelRelease the kernel it ran
 * @param condition never HEALTHY
 * @param from when it began, by the host's clock
 * @param to when it ended, by the host's clock: another condition, a reboot, or the end
 */
public record Label(
    String host, String kernelRelease, Condition condition, Instant from, Instant to) {}
