/** Addresses, health and metrics. */
@NullMarked
package io.netnswatch.command.http;

import org.jspecify.annotations.NullMarked;
