/** Confluent's client, as it is packaged here, does what the rest of netnswatch relies on. */
@NullMarked
package io.netnswatch.registry;

import org.jspecify.annotations.NullMarked;
