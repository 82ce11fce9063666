/**
 * {@code /dev/kmsg}: what the kernel's log says of namespaces, from the boot's buffer on and then
 * live.
 */
@NullMarked
package io.netnswatch.collector.kmsg;

import org.jspecify.annotations.NullMarked;
