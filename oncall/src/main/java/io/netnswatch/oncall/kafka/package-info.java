/** The topics the bridge reads and the one it writes. */
@NullMarked
package io.netnswatch.oncall.kafka;

import org.jspecify.annotations.NullMarked;
