/** From the bytes on a topic to events, and back. */
@NullMarked
package io.netnswatch.command.records;

import org.jspecify.annotations.NullMarked;
