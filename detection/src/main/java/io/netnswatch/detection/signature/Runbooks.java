package io.netnswatch.detection.signature;

import java.net.URL;

/** The shipped pages of {@code runbooks/}, as resources. */
public final class Runbooks {

  private Runbooks() {}

  /** Whether a page is shipped. */
  public static boolean exists(String page) {
    URL resource = Runbooks.class.getResource("/io/netnswatch/runbooks/" + page);
    return resource != null;
  }
}
