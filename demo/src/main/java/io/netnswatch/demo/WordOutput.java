package io.netnswatch.demo;

import io.netnswatch.schema.Incident;
import java.io.PrintStream;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** For people: plain lines, no cursor movement. */
record WordOutput(PrintStream out) implements Output {

  private static final String ROW = "%-26s %-23s %-22s %-24s %10s  %s%n";

  @Override
  public void incident(Incident incident) {
    out.printf(
        "%n*** %s %s: %s%n",
        incident.getSeverity(), incident.getEventAction(), incident.getTitle());
    out.println(incident.getDescription().indent(4).stripTrailing());
    out.printf("    Runbook:  %s%n%n", incident.getRunbookUrl());
    out.flush();
  }

  @Override
  public void hosts(Collection<HostStatus> hosts) {
    if (hosts.isEmpty()) {
      return;
    }
    out.printf(
        ROW, "host", "kernel", "state", "ip netns add", "namespaces", "hottest symbols (CPUs)");
    hosts.forEach(
        host ->
            out.printf(
                ROW,
                host.host(),
                orDash(host.kernelRelease()),
                host.state(),
                add(host.add()),
                orDash(host.namespaces()),
                hottest(host)));
    out.flush();
  }

  private static String add(HostStatus.@Nullable AddProbe add) {
    if (add == null) {
      return "-";
    }
    return String.format(
        Locale.ROOT,
        "%.0f ms %s",
        add.latencyMs(),
        add.outcome().toString().toLowerCase(Locale.ROOT));
  }

  private static String hottest(HostStatus host) {
    if (host.hottest() == null) {
      return "-";
    }
    return host.hottest().stream()
        .map(hot -> String.format(Locale.ROOT, "%s %.2f", hot.symbol(), hot.cpus()))
        .collect(Collectors.joining(", "));
  }

  private static String orDash(@Nullable Object value) {
    return value == null ? "-" : value.toString();
  }
}
