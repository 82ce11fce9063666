/** From the bytes on the topics to telemetry and incidents, and back. */
@NullMarked
package io.netnswatch.streams.records;

import org.jspecify.annotations.NullMarked;
