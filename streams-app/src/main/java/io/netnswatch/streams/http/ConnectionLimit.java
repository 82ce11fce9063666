package io.netnswatch.streams.http;

import java.util.LinkedHashSet;
import java.util.Set;
import org.eclipse.jetty.io.Connection;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the number of connections: the oldest is closed for a new one. To take no more would leave
 * the health without an answer for as long as somebody holds all of them and sends a byte now and
 * then.
 */
final class ConnectionLimit implements Connection.Listener {

  private final int max;

  /** In the order in which they came. */
  private final Set<Connection> open = new LinkedHashSet<>();

  ConnectionLimit(int max) {
    this.max = max;
  }

  @Override
  public void onOpened(Connection connection) {
    Connection oldest = added(connection);
    if (oldest != null) {
      oldest.getEndPoint().close();
    }
  }

  private synchronized @Nullable Connection added(Connection connection) {
    open.add(connection);
    if (open.size() <= max) {
      return null;
    }
    Connection oldest = open.iterator().next();
    open.remove(oldest);
    return oldest;
  }

  @Override
  public synchronized void onClosed(Connection connection) {
    open.remove(connection);
  }
}
