/** Metrics and health. */
@NullMarked
package io.netnswatch.oncall.metrics;

import org.jspecify.annotations.NullMarked;
