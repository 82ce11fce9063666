/** What the collector tells about itself. */
@NullMarked
package io.netnswatch.collector.metrics;

import org.jspecify.annotations.NullMarked;
