package io.netnswatch.oncall.act;

import io.netnswatch.command.HostPattern;
import java.time.Duration;
import java.util.List;

/**
 * How many hosts may be taken out. A host counts while it is out, and for some time from the moment
 * it was decided on, whatever became of it.
 *
 * @param maxHosts at most so many, at least 1
 * @param within the time, not zero
 * @param hosts the limit is for those that one of these matches; empty for all
 * @param words for people, e.g. "5 hosts within 1h"
 */
public record ActionLimit(int maxHosts, Duration within, List<HostPattern> hosts, String words) {

  public ActionLimit {
    if (maxHosts < 1 || within.isZero() || within.isNegative()) {
      throw new IllegalArgumentException("at least one host, within some time: " + words);
    }
    hosts = List.copyOf(hosts);
  }

  /** Whether a host is one of those the limit is for. */
  boolean covers(String host) {
    return hosts.isEmpty() || hosts.stream().anyMatch(glob -> glob.matches(host));
  }
}
