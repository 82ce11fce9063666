package io.netnswatch.detection;

/**
 * The incident before, remembered for a while: one that returns soon has to stay away longer.
 *
 * @param startedAtMs its begin
 * @param endedAtMs when it was resolved
 * @param relapses its relapses
 */
public record LastIncident(long startedAtMs, long endedAtMs, int relapses) {}
