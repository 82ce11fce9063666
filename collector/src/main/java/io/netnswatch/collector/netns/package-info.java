/** Network namespace commands: what they say, and those of other programs as /proc shows them. */
@NullMarked
package io.netnswatch.collector.netns;

import org.jspecify.annotations.NullMarked;
