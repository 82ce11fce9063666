/** What is done to hosts because of incidents, and when: decisions, without I/O and a clock. */
@NullMarked
package io.netnswatch.oncall.act;

import org.jspecify.annotations.NullMarked;
