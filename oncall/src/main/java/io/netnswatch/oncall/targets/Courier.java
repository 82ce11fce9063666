package io.netnswatch.oncall.targets;

/** Takes requests to where they belong. */
public interface Courier {

  /** Waits for the answer. */
  Outcome deliver(Request request) throws InterruptedException;
}
