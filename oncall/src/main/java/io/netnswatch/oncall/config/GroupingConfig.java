package io.netnswatch.oncall.config;

import io.netnswatch.oncall.alert.Grouping;
import io.netnswatch.oncall.alert.Grouping.By;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code grouping}, as it is written; what it does not say is taken from elsewhere.
 *
 * @param enabled whether incidents of a group are one alert
 * @param by what a group's incidents have in common
 * @param window how long the first page waits for more hosts
 * @param repageAfter how old a page may be so that a host that joins is a mere update of it
 */
record GroupingConfig(
    @Nullable Boolean enabled,
    @Nullable By by,
    @Nullable Duration window,
    @Nullable Duration repageAfter) {

  Grouping or(Grouping standard) {
    return Objects.requireNonNullElse(enabled, standard.on())
        ? new Grouping(
            true,
            Objects.requireNonNullElse(by, standard.by()),
            Objects.requireNonNullElse(window, standard.window()),
            Objects.requireNonNullElse(repageAfter, standard.repageAfter()))
        : Grouping.OFF;
  }
}
