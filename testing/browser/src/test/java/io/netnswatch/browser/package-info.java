/** The pages of the console as a browser shows them. */
@NullMarked
package io.netnswatch.browser;

import org.jspecify.annotations.NullMarked;
