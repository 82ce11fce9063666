package io.netnswatch.oncall.alert;

import org.jspecify.annotations.Nullable;

/**
 * A change of what a target has been told, to be made durable.
 *
 * @param key the alert's
 * @param told what holds now; null if nothing need be remembered
 */
public record Change(String key, @Nullable DeliveryState told) {}
