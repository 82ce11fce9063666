/**
 * Telemetry of a fleet that does not exist: the events that real collectors would have published,
 * with the frames, durations and CPU figures of the recordings.
 *
 * <p>A {@link io.netnswatch.simulator.Fleet} says what happens on which host; a {@link
 * io.netnswatch.simulator.Simulation} makes the events of it, lazily. Nothing here reads a clock,
 * starts a thread or draws from anything but the seed: the same fleet gives the same bytes.
 */
@NullMarked
package io.netnswatch.simulator;

import org.jspecify.annotations.NullMarked;
