@NullMarked
package io.netnswatch.simulator;

import org.jspecify.annotations.NullMarked;
