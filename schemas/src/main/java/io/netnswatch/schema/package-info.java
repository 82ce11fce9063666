/**
 * The public data contract: records of the topics, generated from {@code src/main/avro}, and the
 * {@linkplain io.netnswatch.schema.Topics names} under which they travel.
 */
@NullMarked
package io.netnswatch.schema;

import org.jspecify.annotations.NullMarked;
