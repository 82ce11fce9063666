/** Drills: the detector under fire, and what it must have said afterwards. */
@NullMarked
package io.netnswatch.firedrills;

import org.jspecify.annotations.NullMarked;
