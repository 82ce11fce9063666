package io.netnswatch.replay;

import io.netnswatch.schema.Incident;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Several sinks as one. */
final class Sinks implements IncidentSink {

  private final List<IncidentSink> sinks = new ArrayList<>();

  void add(IncidentSink sink) {
    sinks.add(sink);
  }

  @Override
  public void accept(Incident incident) throws IOException {
    for (IncidentSink sink : sinks) {
      sink.accept(incident);
    }
  }

  @Override
  public void close() throws IOException {
    for (IncidentSink sink : sinks) {
      sink.close();
    }
  }
}
