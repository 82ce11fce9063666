/** Known bugs as data: one YAML file each, validated when it is read. */
@NullMarked
package io.netnswatch.detection.signature;

import org.jspecify.annotations.NullMarked;
