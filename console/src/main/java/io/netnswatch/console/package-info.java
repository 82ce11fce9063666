/** The pages that show hosts and incidents: the live console, and the report of a replay. */
@NullMarked
package io.netnswatch.console;

import org.jspecify.annotations.NullMarked;
