/**
 * What runs on every host: {@code proc}, {@code perf} and {@code probe} look at it, {@code publish}
 * sends what they saw; {@code bundle} reads recordings of other hosts with the same parsers.
 */
@NullMarked
package io.netnswatch.collector;

import org.jspecify.annotations.NullMarked;
