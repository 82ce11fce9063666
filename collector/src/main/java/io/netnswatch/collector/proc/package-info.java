/**
 * {@code /proc}: one class per kernel file, each a pure function from its text to a record, and
 * {@link io.netnswatch.collector.proc.ProcSampler}, which puts them together to snapshots.
 *
 * <p>One tolerance everywhere: what is unknown is ignored, what is absent is null, what is known
 * but malformed is a {@link io.netnswatch.collector.proc.ProcParseException}. Never a default zero.
 */
@NullMarked
package io.netnswatch.collector.proc;

import org.jspecify.annotations.NullMarked;
