/**
 * Evidence as people have it, texts: kernel logs, stacks, process lists, perf's pictures. Parsers
 * are pure, one class a format; what they find becomes the events that a collector would have
 * published.
 */
@NullMarked
package io.netnswatch.collector.text;

import org.jspecify.annotations.NullMarked;
