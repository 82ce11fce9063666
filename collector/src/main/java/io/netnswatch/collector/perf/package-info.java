/** perf: what it samples, and the parser of what {@code perf script} prints. */
@NullMarked
package io.netnswatch.collector.perf;

import org.jspecify.annotations.NullMarked;
