package io.netnswatch.command.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves health and metrics over HTTP/1.1, one request a connection.
 *
 * <pre>
 * /live     200 while the process can answer
 * /ready    200, or 503 with one problem a line
 * /metrics  for Prometheus
 * </pre>
 *
 * <p>One thread moves all bytes and never waits for any of them, so that connections that say
 * nothing, or read nothing, keep nobody else waiting; {@code /live} is answered by that thread
 * alone. {@code /ready} and {@code /metrics} are worked out by one other thread each. Time, size
 * and number of connections are bounded: each may last {@link #TIME_LIMIT} and send {@value
 * #MAX_HEAD} bytes, and the oldest of more than {@value #MAX_CONNECTIONS} is closed for a new one.
 */
public final class StatusServer implements AutoCloseable {

  /** What {@code /metrics} says. */
  public interface Metrics {

    /** The body's type. */
    String contentType();

    /**
     * The body.
     *
     * @throws IOException if it can't be written
     */
    byte[] body() throws IOException;
  }

  /** From a connection's first byte to its last. */
  public static final Duration TIME_LIMIT = Duration.ofSeconds(5);

  /** Connections at once. */
  public static final int MAX_CONNECTIONS = 64;

  /** Bytes of a request's first line and headers. */
  public static final int MAX_HEAD = 8_192;

  private static final Logger LOG = LoggerFactory.getLogger(StatusServer.class);

  private static final String TEXT = "text/plain; charset=utf-8";
  private static final int MAX_WAITING = 16;
  private static final int PART = 64 << 10;
  private static final int WORKER_IDLE_SECONDS = 10;
  private static final long TICK_MS = 500;

  private final ServerSocketChannel server;
  private final Selector selector;
  private final InetSocketAddress address;
  private final Supplier<List<String>> problems;
  private final Metrics metrics;
  private final ThreadPoolExecutor readiness = worker("status-ready");
  private final ThreadPoolExecutor measuring = worker("status-metrics");

  /** In the order in which they came. */
  private final Set<Connection> connections = new LinkedHashSet<>();

  private final ConcurrentLinkedQueue<Runnable> finished = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::run, "status");
  private volatile boolean closing;

  private StatusServer(
      ServerSocketChannel server,
      Selector selector,
      Supplier<List<String>> problems,
      Metrics metrics)
      throws IOException {
    this.server = server;
    this.selector = selector;
    this.address = (InetSocketAddress) server.getLocalAddress();
    this.problems = problems;
    this.metrics = metrics;
  }

  /**
   * Begins to serve.
   *
   * @param at where; port 0 for a free one
   * @param problems what keeps the process from its work; empty if nothing does. Called by a thread
   *     of its own
   * @param metrics called by a thread of its own
   * @throws IOException if the address can't be listened on; names it
   */
  public static StatusServer start(HttpAddress at, Supplier<List<String>> problems, Metrics metrics)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(at.host(), at.port());
    if (address.isUnresolved()) {
      throw new UnknownHostException("no such host: " + at.host());
    }
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(address, MAX_CONNECTIONS);
      channel.configureBlocking(false);
      Selector selector = Selector.open();
      channel.register(selector, SelectionKey.OP_ACCEPT);
      StatusServer server = new StatusServer(channel, selector, problems, metrics);
      server.thread.setDaemon(true);
      server.thread.start();
      return server;
    } catch (IOException e) {
      channel.close();
      throw new IOException("can't listen on " + at + ": " + e.getMessage(), e);
    }
  }

  /** Where it listens. */
  public HttpAddress address() {
    return new HttpAddress(address.getHostString(), address.getPort());
  }

  @Override
  public void close() {
    closing = true;
    selector.wakeup();
    readiness.shutdownNow();
    measuring.shutdownNow();
    try {
      thread.join(TIME_LIMIT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try (selector;
        server) {
      while (!closing) {
        turn();
      }
      new ArrayList<>(connections).forEach(Connection::close);
    } catch (IOException | RuntimeException e) {
      LOG.error("health and metrics are served no more", e);
    }
  }

  private void turn() throws IOException {
    selector.select(connections.isEmpty() ? 0 : TICK_MS);
    for (Runnable answer = finished.poll(); answer != null; answer = finished.poll()) {
      answer.run();
    }
    Iterator<SelectionKey> ready = selector.selectedKeys().iterator();
    while (ready.hasNext()) {
      SelectionKey key = ready.next();
      ready.remove();
      if (key.attachment() instanceof Connection connection) {
        connection.goOn(key);
      } else {
        accept();
      }
    }
    long now = System.nanoTime();
    for (Connection connection : new ArrayList<>(connections)) {
      if (now - connection.startedAt > TIME_LIMIT.toNanos()) {
        connection.close();
      }
    }
  }

  private void accept() throws IOException {
    SocketChannel channel;
    try {
      channel = server.accept();
    } catch (IOException e) { // out of file descriptors, e.g.: the next turn tries again
      LOG.warn("no connection can be taken: {}", e.getMessage());
      new ArrayList<>(connections).forEach(Connection::close);
      return;
    }
    if (channel == null) {
      return;
    }
    if (connections.size() >= MAX_CONNECTIONS) {
      connections.iterator().next().close();
    }
    channel.configureBlocking(false);
    Connection connection = new Connection(channel);
    connection.key = channel.register(selector, SelectionKey.OP_READ, connection);
    connections.add(connection);
  }

  private static ThreadPoolExecutor worker(String name) {
    ThreadPoolExecutor worker =
        new ThreadPoolExecutor(
            1,
            1,
            WORKER_IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            work -> {
              Thread thread = new Thread(work, name);
              thread.setDaemon(true);
              return thread;
            });
    worker.allowCoreThreadTimeOut(true);
    return worker;
  }

  /** An answer as it is sent. */
  private record Answer(int code, String reason, String type, ByteBuffer body) {

    static Answer text(int code, String reason, String text) {
      return new Answer(code, reason, TEXT, UTF_8.encode(text + "\n"));
    }

    ByteBuffer head() {
      return ByteBuffer.wrap(
          "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
              .formatted(code, reason, type, body.remaining())
              .getBytes(ISO_8859_1));
    }
  }

  private interface Work {
    Answer answer() throws IOException;
  }

  /** One connection; all but the work for it is done by the one thread. */
  private final class Connection {

    private final SocketChannel channel;
    private final long startedAt = System.nanoTime();
    private final ByteBuffer head = ByteBuffer.allocate(MAX_HEAD);
    private @Nullable SelectionKey key;
    private final Queue<ByteBuffer> answer = new ArrayDeque<>();
    private boolean isHead;
    private boolean ended;

    Connection(SocketChannel channel) {
      this.channel = channel;
    }

    void goOn(SelectionKey ready) {
      try {
        if (!ready.isValid()) {
          close();
        } else if (!answer.isEmpty()) {
          write();
        } else {
          read();
        }
      } catch (IOException e) { // the other side went away
        close();
      }
    }

    private void read() throws IOException {
      if (ended) { // all is said; what still comes is read, or the end of the answer may be lost
        head.clear();
      }
      if (channel.read(head) < 0) {
        close();
        return;
      }
      if (ended) {
        return;
      }
      String text = new String(head.array(), 0, head.position(), ISO_8859_1);
      if (text.contains("\r\n\r\n") || text.contains("\n\n")) {
        take(text.substring(0, text.indexOf('\n')).strip().split(" ", -1));
      } else if (!head.hasRemaining()) {
        send(Answer.text(431, "Request Header Fields Too Large", "the head is too large"));
      }
    }

    private void take(String[] request) throws IOException {
      if (request.length != 3 || !request[2].startsWith("HTTP/1.")) {
        send(Answer.text(400, "Bad Request", "no request of HTTP/1.1"));
        return;
      }
      isHead = request[0].equals("HEAD");
      if (!isHead && !request[0].equals("GET")) {
        send(Answer.text(405, "Method Not Allowed", "GET and HEAD alone"));
        return;
      }
      switch (request[1].split("\\?", 2)[0]) {
        case "/live" -> send(Answer.text(200, "OK", "alive"));
        case "/ready" -> sendFrom(readiness, StatusServer.this::ready);
        case "/metrics" ->
            sendFrom(
                measuring,
                () ->
                    new Answer(200, "OK", metrics.contentType(), ByteBuffer.wrap(metrics.body())));
        default -> send(Answer.text(404, "Not Found", "/live, /ready or /metrics"));
      }
    }

    private void sendFrom(ThreadPoolExecutor worker, Work work) throws IOException {
      if (key != null) {
        key.interestOps(0);
      }
      try {
        worker.execute(
            () -> {
              Answer worked = worked(work);
              finished.add(() -> sendLater(worked));
              selector.wakeup();
            });
      } catch (RejectedExecutionException e) {
        send(Answer.text(503, "Service Unavailable", "too many ask at once"));
      }
    }

    private void sendLater(Answer worked) {
      if (channel.isOpen()) {
        try {
          send(worked);
        } catch (IOException e) {
          close();
        }
      }
    }

    private void send(Answer what) throws IOException {
      answer.add(what.head());
      if (!isHead) {
        answer.add(what.body());
      }
      write();
    }

    /** As much as the other side takes now. */
    private void write() throws IOException {
      int sent = 1;
      while (sent > 0 && !answer.isEmpty()) {
        ByteBuffer next = answer.element();
        // A part at a time: all of it would be copied for each write.
        sent = channel.write(next.slice(next.position(), Math.min(PART, next.remaining())));
        next.position(next.position() + sent);
        if (!next.hasRemaining()) {
          answer.remove();
          sent = 1;
        }
      }
      if (answer.isEmpty()) {
        ended = true;
        channel.shutdownOutput();
      }
      if (key != null) {
        key.interestOps(ended ? SelectionKey.OP_READ : SelectionKey.OP_WRITE);
      }
    }

    void close() {
      connections.remove(this);
      try {
        channel.close();
      } catch (IOException e) {
        LOG.debug("a connection could not be closed", e);
      }
    }
  }

  private Answer ready() {
    List<String> found = problems.get();
    return found.isEmpty()
        ? Answer.text(200, "OK", "ready")
        : Answer.text(503, "Service Unavailable", String.join("\n", found));
  }

  private static Answer worked(Work work) {
    try {
      return work.answer();
    } catch (IOException | RuntimeException e) {
      LOG.warn("a status can't be told", e);
      return Answer.text(500, "Internal Server Error", "it can't be told; see the log");
    }
  }
}
