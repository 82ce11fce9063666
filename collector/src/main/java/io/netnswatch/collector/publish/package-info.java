/** Events to Kafka, never blocking who hands them over. */
@NullMarked
package io.netnswatch.collector.publish;

import org.jspecify.annotations.NullMarked;
