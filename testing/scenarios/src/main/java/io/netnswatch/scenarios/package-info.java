/** Scenarios as data: a folder each, read by {@link io.netnswatch.scenarios.Scenario}. */
@NullMarked
package io.netnswatch.scenarios;

import org.jspecify.annotations.NullMarked;
