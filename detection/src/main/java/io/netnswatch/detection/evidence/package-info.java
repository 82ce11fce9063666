/**
 * What telemetry says that a signature can use: {@link io.netnswatch.detection.evidence.Projection}
 * reduces an event to {@link io.netnswatch.detection.evidence.Evidence}, {@link
 * io.netnswatch.detection.evidence.WindowEvidence} merges what falls into one window of one host.
 */
@NullMarked
package io.netnswatch.detection.evidence;

import org.jspecify.annotations.NullMarked;
