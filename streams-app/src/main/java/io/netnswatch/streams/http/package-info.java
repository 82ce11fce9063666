/** Health, metrics and queries over HTTP. */
@NullMarked
package io.netnswatch.streams.http;

import org.jspecify.annotations.NullMarked;
