package io.netnswatch.detection.cause;

import org.jspecify.annotations.Nullable;

/**
 * The part of the kernel a function belongs to.
 *
 * @param name what people call it
 * @param module module that can be unloaded, or kept from loading; null if it is built in or many
 * @param stop what uses it and could be stopped; null if that is not known
 */
public record Subsystem(String name, @Nullable String module, @Nullable String stop) {}
