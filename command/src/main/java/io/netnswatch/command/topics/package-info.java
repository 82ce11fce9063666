/** The topics as they should be. */
@NullMarked
package io.netnswatch.command.topics;

import org.jspecify.annotations.NullMarked;
