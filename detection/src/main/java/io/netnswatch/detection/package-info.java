/**
 * From evidence to incidents, pure: {@link io.netnswatch.detection.Projection} reduces an event to
 * {@link io.netnswatch.detection.Evidence}, {@link io.netnswatch.detection.WindowEvidence} merges
 * what falls into one window of one host, and {@link io.netnswatch.detection.HostDetector} folds
 * closed windows, in order, into {@link io.netnswatch.detection.HostState} and incidents.
 *
 * <p>Nothing here knows Kafka, does I/O or reads a clock: the same evidence gives the same
 * incidents, to the byte, whatever the order it arrived in within the grace period.
 */
@NullMarked
package io.netnswatch.detection;

import org.jspecify.annotations.NullMarked;
