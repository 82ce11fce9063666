package io.netnswatch.oncall.config;

import static io.netnswatch.oncall.config.InvalidSettingException.check;

import io.netnswatch.command.HostPattern;
import io.netnswatch.oncall.alert.Route;
import io.netnswatch.schema.Severity;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One of {@code routes}, as it is written: see {@link Route}. */
record RouteConfig(
    @Nullable List<String> kinds,
    @Nullable Severity severity,
    @Nullable List<HostPattern> hosts,
    List<String> targets) {

  RouteConfig {
    kinds = kinds == null ? List.of() : List.copyOf(kinds);
    hosts = hosts == null ? List.of() : List.copyOf(hosts);
    check(targets != null && !targets.isEmpty(), "targets", "at least one is needed");
    targets = List.copyOf(targets);
  }

  Route route() {
    return new Route(
        kinds == null ? Set.of() : Set.copyOf(kinds),
        severity == null ? Severity.INFO : severity,
        hosts == null ? List.of() : hosts,
        targets);
  }
}
