/** How commands are configured, and what those that talk to Kafka have in common. */
@NullMarked
package io.netnswatch.command;

import org.jspecify.annotations.NullMarked;
