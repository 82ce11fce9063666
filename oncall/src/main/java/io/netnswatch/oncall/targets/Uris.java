package io.netnswatch.oncall.targets;

import java.net.URI;

/** Paths below a base URL. */
final class Uris {

  private Uris() {}

  /** A path that begins with a slash, below a base with or without one at its end. */
  static URI under(URI base, String path) {
    return URI.create(base.toString().replaceAll("/+$", "") + path);
  }
}
