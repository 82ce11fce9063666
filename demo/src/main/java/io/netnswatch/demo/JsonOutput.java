package io.netnswatch.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.RecordJson;
import java.io.PrintStream;
import java.util.Collection;

/** One JSON object per line: {@code type} says which, timestamps are ISO 8601 in UTC. */
record JsonOutput(PrintStream out) implements Output {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  @Override
  public void incident(Incident incident) {
    print(line("incident").setAll(RecordJson.of(incident)));
  }

  @Override
  public void hosts(Collection<HostStatus> hosts) {
    hosts.forEach(host -> print(line(host)));
  }

  private static ObjectNode line(HostStatus status) {
    ObjectNode line = line("host");
    line.put("host", status.host());
    line.put("kernel_release", status.kernelRelease());
    line.put("state", status.state());
    HostStatus.AddProbe add = status.add();
    line.put("add_outcome", add == null ? null : add.outcome().toString());
    line.put("add_latency_ms", add == null ? null : (Double) add.latencyMs());
    line.put("add_observed_at", add == null ? null : add.observedAt().toString());
    if (status.hottest() == null) {
      line.putNull("hottest_symbols");
    } else {
      ArrayNode symbols = line.putArray("hottest_symbols");
      status
          .hottest()
          .forEach(hot -> symbols.addObject().put("symbol", hot.symbol()).put("cpus", hot.cpus()));
    }
    line.put("namespaces", status.namespaces());
    ArrayNode open = line.putArray("open_incidents");
    status.openIncidents().forEach(open::add);
    line.put("last_seen", status.lastSeen() == null ? null : status.lastSeen().toString());
    return line;
  }

  private static ObjectNode line(String type) {
    return JSON.objectNode().put("type", type);
  }

  private void print(Object line) {
    out.println(line);
    out.flush();
  }
}
