package io.netnswatch.simulator;

import io.netnswatch.schema.TelemetryEvent;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One host's events after the other's; in order of time only within a host. */
final class HostByHost implements EventCursor {
  private final Iterator<HostSpec> hosts;
  private final Function<HostSpec, EventCursor> begin;
  private @Nullable EventCursor current;

  HostByHost(Iterable<HostSpec> hosts, Function<HostSpec, EventCursor> begin) {
    this.hosts = hosts.iterator();
    this.begin = begin;
  }

  @Override
  public boolean advance() {
    while (current == null || !current.advance()) {
      if (!hosts.hasNext()) {
        return false;
      }
      current = begin.apply(hosts.next());
    }
    return true;
  }

  @Override
  public long atMs() {
    return cursor().atMs();
  }

  @Override
  public TelemetryEvent event() {
    return cursor().event();
  }

  private EventCursor cursor() {
    EventCursor cursor = current;
    if (cursor == null) {
      throw new NoSuchElementException("before the first event");
    }
    return cursor;
  }
}
