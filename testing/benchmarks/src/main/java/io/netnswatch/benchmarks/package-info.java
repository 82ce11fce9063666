/** How fast it is, beside its limits and its peers, in the same run. */
@NullMarked
package io.netnswatch.benchmarks;

import org.jspecify.annotations.NullMarked;
