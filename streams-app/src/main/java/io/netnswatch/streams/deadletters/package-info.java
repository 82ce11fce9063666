/** The dead letters: shown, and sent back once what was wrong is right. */
@NullMarked
package io.netnswatch.streams.deadletters;

import org.jspecify.annotations.NullMarked;
