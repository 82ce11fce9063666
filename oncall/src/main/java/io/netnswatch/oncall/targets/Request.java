package io.netnswatch.oncall.targets;

import java.net.URI;
import java.util.Map;

/**
 * What is to be posted.
 *
 * @param uri where to
 * @param headers besides those of HTTP itself
 * @param body JSON
 */
public record Request(URI uri, Map<String, String> headers, String body) {

  public Request {
    headers = Map.copyOf(headers);
  }
}
