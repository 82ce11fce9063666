/** The pages that show incidents: now the report of a replay, in one file. */
@NullMarked
package io.netnswatch.console;

import org.jspecify.annotations.NullMarked;
