/** The same join as others would write it. */
@NullMarked
package io.netnswatch.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
