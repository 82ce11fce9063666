/** Evidence bundles: recordings of a host, read by the same parsers as the living one. */
@NullMarked
package io.netnswatch.collector.bundle;

import org.jspecify.annotations.NullMarked;
