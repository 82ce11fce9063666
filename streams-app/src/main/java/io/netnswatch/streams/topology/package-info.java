/** The topology: telemetry in, incidents and dead letters out. */
@NullMarked
package io.netnswatch.streams.topology;

import org.jspecify.annotations.NullMarked;
