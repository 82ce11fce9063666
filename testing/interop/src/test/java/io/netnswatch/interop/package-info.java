/** The data contract, read by software of others. */
@NullMarked
package io.netnswatch.interop;

import org.jspecify.annotations.NullMarked;
