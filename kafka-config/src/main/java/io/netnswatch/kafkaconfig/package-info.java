/** What the commands that talk to Kafka have in common: their {@code --kafka-config}. */
@NullMarked
package io.netnswatch.kafkaconfig;

import org.jspecify.annotations.NullMarked;
