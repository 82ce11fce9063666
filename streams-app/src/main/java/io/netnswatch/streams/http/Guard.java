package io.netnswatch.streams.http;

import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask. With a token, those who present it. Without one the server listens on this machine
 * alone, and its only other guard is the name that it was asked under: a web page elsewhere can
 * have its own name lead here (DNS rebinding), but can't choose another Host header.
 */
final class Guard {

  private static final String BEARER = "Bearer ";

  private final @Nullable String token;
  private final Set<String> names;

  /**
   * Guards one server.
   *
   * @param token null for none
   * @param names hosts under which it is reached, besides this machine's own
   */
  Guard(@Nullable String token, String... names) {
    this.token = token;
    this.names =
        Stream.of(names)
            .map(it -> it.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Whether a request presents the token, or is another instance's that knows it; or there is none.
   *
   * @param authority where other instances reach this one
   */
  boolean knows(Context request, String authority) {
    String presented = request.header("Authorization");
    return token == null
        || new PeerSignature(token, InstantSource.system())
            .fits(presented, authority, pathAndQuery(request))
        || (presented != null
            && presented.startsWith(BEARER)
            && MessageDigest.isEqual(bytes(token), bytes(presented.substring(BEARER.length()))));
  }

  private static String pathAndQuery(Context request) {
    String query = request.queryString();
    return request.req().getRequestURI() + (query == null ? "" : "?" + query);
  }

  /** Whether a request came under a name of this server's. */
  boolean isAskedByName(Context request) {
    return token != null || isOwn(request.host());
  }

  private boolean isOwn(@Nullable String authority) {
    if (authority == null) {
      return false;
    }
    String host =
        authority.replaceAll(":\\d+$", "").replaceAll("^\\[(.*)]$", "$1").toLowerCase(Locale.ROOT);
    return host.equals("localhost")
        || host.equals("::1")
        || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}")
        || names.contains(host);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
