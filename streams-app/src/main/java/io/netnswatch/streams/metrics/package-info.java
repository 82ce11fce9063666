/** What the detector says of itself, for Prometheus. */
@NullMarked
package io.netnswatch.streams.metrics;

import org.jspecify.annotations.NullMarked;
