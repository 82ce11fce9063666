package io.netnswatch.detection;

/** A host is new, and there are as many as a partition may have, none of which may be forgotten. */
public final class TooManyHostsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  TooManyHostsException(int max) {
    super("the partition has " + max + " hosts already, and all are alive or have open incidents");
  }
}
