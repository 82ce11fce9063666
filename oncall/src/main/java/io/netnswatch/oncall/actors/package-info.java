/** How each kind of action is done to a host. */
@NullMarked
package io.netnswatch.oncall.actors;

import org.jspecify.annotations.NullMarked;
