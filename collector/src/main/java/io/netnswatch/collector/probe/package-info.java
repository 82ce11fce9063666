/** Probes: namespace commands of our own, timed. */
@NullMarked
package io.netnswatch.collector.probe;

import org.jspecify.annotations.NullMarked;
