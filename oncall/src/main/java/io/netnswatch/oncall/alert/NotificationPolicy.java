package io.netnswatch.oncall.alert;

import io.netnswatch.command.Backoff;
import org.jspecify.annotations.Nullable;

/**
 * How one target is told.
 *
 * @param grouping whether incidents of a group are one alert
 * @param repeat when it is told again
 * @param backoff when it is tried again after a failure
 * @param rateLimit at most so many requests; null for no limit
 * @param batch how many alerts go into one request
 */
public record NotificationPolicy(
    Grouping grouping,
    RepeatPolicy repeat,
    Backoff backoff,
    @Nullable RateLimit rateLimit,
    int batch) {}
