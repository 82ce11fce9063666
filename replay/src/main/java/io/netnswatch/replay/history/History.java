package io.netnswatch.replay.history;

import io.netnswatch.detection.evidence.QuickLook;
import io.netnswatch.schema.Incident;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** A source of past telemetry. Reading never writes to it. */
public interface History extends AutoCloseable {

  /** What it is, for people: {@code archive /var/lib/x}. */
  String name();

  /**
   * Opens its streams; each is to be closed.
   *
   * @param range events outside are passed over
   * @throws IOException if it can't be read
   */
  List<EventStream> streams(TimeRange range) throws IOException;

  /**
   * Opens its streams for somebody who wants to know what events say, and seldom more.
   *
   * @param quickLook settles events without decoding them, where a history can be read like that
   * @throws IOException if it can't be read
   */
  default List<EventStream> streams(TimeRange range, QuickLook quickLook) throws IOException {
    return streams(range);
  }

  /**
   * Whether nothing follows its last event, so that what waits for later ones is judged without.
   * The live application never does that.
   */
  boolean isComplete();

  /**
   * Reads the incidents that the live application emitted, in any order.
   *
   * @throws IOException if they can't be read, or this history holds none
   */
  void liveIncidents(Consumer<Incident> reader) throws IOException;

  @Override
  default void close() throws IOException {}
}
