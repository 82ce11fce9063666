/**
 * The Kafka Streams application. {@link io.netnswatch.streams.topology.DetectorTopology} is the
 * whole picture; {@link io.netnswatch.streams.DetectCommand} runs it.
 */
@NullMarked
package io.netnswatch.streams;

import org.jspecify.annotations.NullMarked;
