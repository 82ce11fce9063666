/** How commands are configured, and what those that talk to Kafka have in common. */
@NullMarked
package io.netnswatch.kafkaconfig;

import org.jspecify.annotations.NullMarked;
