package io.netnswatch.simulator;

import io.netnswatch.schema.TelemetryEvent;

/** Events one after another, in order of {@link #atMs()}. */
interface EventCursor {

  /** Moves to the next event; false at the end. */
  boolean advance();

  /** When the event is, in true time: when it happened, or when it arrives. */
  long atMs();

  /** The event moved to. */
  TelemetryEvent event();
}
