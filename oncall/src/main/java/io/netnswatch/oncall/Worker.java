package io.netnswatch.oncall;

import io.netnswatch.oncall.kafka.NotificationLog.LogLostException;

/** What has a thread of its own. */
interface Worker {

  /** Looks at the incidents before anybody works. */
  default void prepare() {}

  /** Works until stopped. */
  void run() throws InterruptedException, LogLostException;

  /** Something about the incidents has changed. */
  void wake();

  /** Ends after what is under way. */
  void stop();
}
