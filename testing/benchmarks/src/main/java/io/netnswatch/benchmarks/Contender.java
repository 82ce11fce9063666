package io.netnswatch.benchmarks;

/** Something that reads telemetry, all of it, from the beginning. */
interface Contender {

  /** Begins to read. */
  void start() throws Exception;

  /** How many events it has taken up. */
  long processed();

  /** How many alarms it has raised, of whatever kind it knows. */
  long alarms();

  /** Ends. */
  void stop() throws Exception;
}
