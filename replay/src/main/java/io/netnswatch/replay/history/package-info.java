/** Where history comes from: archives, topics, evidence bundles. */
@NullMarked
package io.netnswatch.replay.history;

import org.jspecify.annotations.NullMarked;
