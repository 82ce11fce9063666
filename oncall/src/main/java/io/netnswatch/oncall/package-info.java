/** The bridge from the incident topic to on-call tools. */
@NullMarked
package io.netnswatch.oncall;

import org.jspecify.annotations.NullMarked;
