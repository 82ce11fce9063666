/** What each target is told and when: decisions, without I/O and without a clock. */
@NullMarked
package io.netnswatch.oncall.alert;

import org.jspecify.annotations.NullMarked;
