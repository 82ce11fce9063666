/**
 * Everything in one process tree on one machine. {@link io.netnswatch.demo.DemoCommand} is the
 * entry.
 */
@NullMarked
package io.netnswatch.demo;

import org.jspecify.annotations.NullMarked;
