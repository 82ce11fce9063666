package io.netnswatch.command.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Where to listen, or where to be reached.
 *
 * @param host name or address
 * @param port 0 for a free one
 */
public record HttpAddress(String host, int port) {

  /** The greatest port. */
  public static final int MAX_PORT = 65_535;

  /**
   * Reads HOST:PORT; an IPv6 address stands in brackets.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static HttpAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 1 ? "" : text.substring(0, colon).replaceAll("^\\[(.*)]$", "$1");
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (isHost(host) && port >= 0 && port <= MAX_PORT) {
        return new HttpAddress(host, port);
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not HOST:PORT: " + text, e);
    }
    throw new IllegalArgumentException("not HOST:PORT: " + text);
  }

  /** A name or an address, without what would make it something else where it stands in a URL. */
  private static boolean isHost(String text) {
    return !text.isEmpty()
        && text.chars().allMatch(it -> it > ' ' && it != 0x7f && "/\\@?#[],\"<>".indexOf(it) < 0);
  }

  /**
   * Reads what {@code --http} may say: an address, or {@code off}.
   *
   * @return empty for {@code off}
   * @throws IllegalArgumentException if it is neither
   */
  public static Optional<HttpAddress> parseOrOff(String text) {
    return text.equals("off") ? Optional.empty() : Optional.of(parse(text));
  }

  /** Whether only this machine can reach it. */
  public boolean isLoopback() {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
