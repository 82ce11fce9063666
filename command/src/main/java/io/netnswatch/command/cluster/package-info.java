/** Where the topics are, and how to get at them. */
@NullMarked
package io.netnswatch.command.cluster;

import org.jspecify.annotations.NullMarked;
