package io.netnswatch.oncall.alert;

import org.jspecify.annotations.Nullable;

/**
 * How one target is told.
 *
 * @param grouping whether incidents of a group are one alert
 * @param patience when it is told again
 * @param rateLimit at most so many requests; null for no limit
 * @param batch how many alerts go into one request
 */
public record Terms(
    Grouping grouping, Patience patience, @Nullable RateLimit rateLimit, int batch) {}
