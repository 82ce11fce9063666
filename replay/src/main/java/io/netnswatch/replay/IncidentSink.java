package io.netnswatch.replay;

import io.netnswatch.schema.Incident;
import java.io.IOException;

/** Somewhere that the steps of a replay go. */
@FunctionalInterface
interface IncidentSink extends AutoCloseable {

  /** Takes in a step; they come in order of event time. */
  void accept(Incident incident) throws IOException;

  @Override
  default void close() throws IOException {}
}
