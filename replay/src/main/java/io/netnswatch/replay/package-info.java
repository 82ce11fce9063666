/** The detection over history: {@code netnswatch replay}, {@code export} and {@code import}. */
@NullMarked
package io.netnswatch.replay;

import org.jspecify.annotations.NullMarked;
