/** Events that wait on disk until Kafka takes them. */
@NullMarked
package io.netnswatch.collector.spool;

import org.jspecify.annotations.NullMarked;
