package io.netnswatch.firedrills;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Clients of a detector's HTTP that begin requests and do not end them, or read no answer. */
final class Crowd implements AutoCloseable {

  /** What a detector says before its address. */
  static final String ADDRESS_FOLLOWS = "queries at http://";

  private static final Pattern ADDRESS =
      Pattern.compile(ADDRESS_FOLLOWS + "127\\.0\\.0\\.1:(\\d+)");

  /** More than are taken. */
  private static final int SIZE = 800;

  private static final int AT_ONCE = 50;
  private static final int NARROW_BYTES = 1_024;

  /** As a kubelet's probe, with some room for a busy machine. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final String[] BEGINNINGS = {
    "",
    "GET /live HTTP/1.1\r\nHo",
    "GET /api/hosts HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /api/console/fleet HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "POST /api/hosts/host-0/close HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n",
    "POST /live HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n",
    "GET /" + "x".repeat(7_000),
    "GET /api/hosts/" + "%F0%9F%92%A5".repeat(100) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"
  };

  private final InetSocketAddress address;
  private final Deque<Socket> open = new ArrayDeque<>();
  private int begun;

  Crowd(InetSocketAddress address) {
    this.address = address;
  }

  /** Where a detector said that it listens. */
  static InetSocketAddress address(Path log) throws IOException {
    Matcher said = ADDRESS.matcher(Files.readString(log));
    MatchResult last = null;
    while (said.find()) {
      last = said.toMatchResult();
    }
    if (last == null) {
      throw new IOException("no address in " + log);
    }
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(last.group(1)));
  }

  /** Some more come; of those that are there each says one more byte, if it still may. */
  void press() throws IOException {
    for (Socket it : open) {
      try {
        it.getOutputStream().write('x');
      } catch (IOException e) { // shown the door
        it.close();
      }
    }
    open.removeIf(Socket::isClosed);
    for (int i = 0; i < AT_ONCE; i++) {
      if (open.size() >= SIZE) {
        open.removeFirst().close();
      }
      Socket socket = new Socket();
      socket.setReceiveBufferSize(NARROW_BYTES);
      open.add(socket);
      socket.connect(address);
      try {
        socket.getOutputStream().write(BEGINNINGS[begun++ % BEGINNINGS.length].getBytes(US_ASCII));
      } catch (IOException e) {
        socket.close();
      }
    }
  }

  /**
   * Asks for health, as one of them.
   *
   * @throws IOException if it is not said in time
   */
  void isAlive() throws IOException {
    try (Socket probe = new Socket()) {
      probe.setSoTimeout((int) PATIENCE.toMillis());
      probe.connect(address, (int) PATIENCE.toMillis());
      probe
          .getOutputStream()
          .write(
              "GET /live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(US_ASCII));
      String answer = new String(probe.getInputStream().readAllBytes(), US_ASCII);
      if (!answer.startsWith("HTTP/1.1 200")) {
        throw new IOException("no health: " + answer);
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (Socket it : open) {
      it.close();
    }
  }
}
