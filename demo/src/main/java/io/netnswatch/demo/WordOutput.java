package io.netnswatch.demo;

import io.netnswatch.schema.BlockedCreation;
import io.netnswatch.schema.HotSymbol;
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
    HotSymbol hot = incident.getHotSymbol();
    if (hot != null) {
      out.printf(
          Locale.ROOT,
          "    hot code:  %s, %.2f CPUs, in %s (pid %d): %s%n",
          hot.getSymbol(),
          hot.getCpus(),
          hot.getComm(),
          hot.getPid(),
          String.join(" < ", hot.getCallPath()));
    }
    BlockedCreation blocked = incident.getBlockedCreation();
    if (blocked != null) {
      out.printf(
          Locale.ROOT,
          "    blocked:   creation of %s for %.1f s, in %s%n",
          blocked.getNetnsName() == null ? "a namespace" : blocked.getNetnsName(),
          blocked.getAgeMs() / 1000.0,
          blocked.getStack().isEmpty()
              ? blocked.getWchan()
              : String.join(" < ", blocked.getStack()));
    }
    out.printf(
        "    kernel:    %s: %s%n", incident.getKernelRelease(), incident.getKernelVerdictReason());
    out.printf("    what to do: %s%n%n", incident.getRunbookUrl());
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
