package io.netnswatch.detection;

import io.netnswatch.detection.evidence.WindowEvidence;

/**
 * A window of a host.
 *
 * @param startMs start, epoch milliseconds
 * @param evidence what has fallen into it
 */
public record HostWindow(long startMs, WindowEvidence evidence) {}
