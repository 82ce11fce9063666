package io.netnswatch.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import io.netnswatch.localcluster.ChildJvm;
import java.io.IOException;
import java.time.Duration;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;
import org.awaitility.core.ThrowingRunnable;

/** Waits for what a child brings about. */
final class Waiting {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(200);

  private Waiting() {}

  /**
   * Waits until an assertion holds. Fails at once if the child ends before, and says what the child
   * said; what can't be asked yet is asked again.
   */
  static void awaitThat(ChildJvm child, ThrowingRunnable assertion) {
    try {
      await()
          .atMost(LIMIT)
          .pollInterval(POLL)
          .ignoreExceptionsInstanceOf(IOException.class)
          .failFast("it has ended", () -> !child.process().isAlive())
          .untilAsserted(assertion);
    } catch (ConditionTimeoutException | TerminalFailureException e) {
      fail(child.name() + " said at last:\n" + child.logTail(), e);
    }
    assertThat(child.process().isAlive()).as("%s is alive", child.name()).isTrue();
  }
}
