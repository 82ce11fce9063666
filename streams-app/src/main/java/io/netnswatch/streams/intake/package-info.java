/** What is taken in from the brokers, in what size and what quantity. */
@NullMarked
package io.netnswatch.streams.intake;

import org.jspecify.annotations.NullMarked;
