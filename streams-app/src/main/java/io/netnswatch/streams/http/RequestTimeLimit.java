package io.netnswatch.streams.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes the connection of a request that is not over in time, from its head to the last byte of
 * its answer: a client that takes a few bytes of a long answer at a time is never idle, and would
 * keep a thread for as long as it likes.
 */
final class RequestTimeLimit extends Handler.Wrapper {

  private final Duration limit;

  RequestTimeLimit(Duration limit) {
    this.limit = limit;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    EndPoint connection = request.getConnectionMetaData().getConnection().getEndPoint();
    Scheduler.Task ending =
        getServer()
            .getScheduler()
            .schedule(connection::close, limit.toMillis(), TimeUnit.MILLISECONDS);
    Request.addCompletionListener(request, failure -> ending.cancel());
    return super.handle(request, response, callback);
  }
}
