/** What the stores know of the fleet, here and on the other instances. */
@NullMarked
package io.netnswatch.streams.query;

import org.jspecify.annotations.NullMarked;
