/**
 * A real single-node Kafka broker and a real Schema Registry as child processes on 127.0.0.1.
 * {@link io.netnswatch.localcluster.LocalCluster} is the entry.
 */
@NullMarked
package io.netnswatch.localcluster;

import org.jspecify.annotations.NullMarked;
