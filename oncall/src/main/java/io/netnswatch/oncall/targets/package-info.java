/** How each kind of target is spoken to. */
@NullMarked
package io.netnswatch.oncall.targets;

import org.jspecify.annotations.NullMarked;
