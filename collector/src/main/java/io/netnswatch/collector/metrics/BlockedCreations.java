package io.netnswatch.collector.metrics;

import java.time.Duration;
import java.time.Instant;

/**
 * Creations of namespaces that did not finish, as the latest snapshot shows them. Judging them is
 * the detection's; this is for tools on the host itself.
 *
 * @param seenAt when the snapshot was taken
 * @param count tasks inside the creation of a namespace
 * @param oldest how long the oldest of them has been seen there; zero if there is none
 */
public record BlockedCreations(Instant seenAt, int count, Duration oldest) {}
