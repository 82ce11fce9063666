/** The topics as they should be. */
@NullMarked
package io.netnswatch.streams.topics;

import org.jspecify.annotations.NullMarked;
