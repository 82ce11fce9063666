package io.netnswatch.detection.cause;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlushedWorkTest {

  /** Others wait for rtnl as well while somebody holds it: they need not be what is flushed. */
  @ParameterizedTest
  @CsvSource({
    "cancel_work_sync<foo_stop<__dev_close_many, kworker/3:2, foo_link_work, true",
    "flush_workqueue<__foo_reset<dev_ethtool, kworker/3:2, foo_link_work, true",
    "cancel_work_sync<foo_stop<__dev_close_many, kworker/3:2, linkwatch_event, false",
    "cancel_work_sync<foo_stop<__dev_close_many, food, foo_link_work, false",
    "flush_work<dev_close_many<do_setlink, kworker/3:2, dev_link_work, false",
    "msleep<foo_stop<__dev_close_many, kworker/3:2, foo_link_work, false"
  })
  void isThatOfTheSameDriver(String owner, String comm, String work, boolean found) {
    Reading worker = read(90, comm, "rtnl_lock<" + work + "<process_one_work<worker_thread");

    assertThat(FlushedWork.waitingForRtnl(read(60, "ip", owner), List.of(worker)))
        .isEqualTo(found ? worker : null);
  }

  private static Reading read(int pid, String comm, String stack) {
    return Objects.requireNonNull(
        StackReader.read(
            Task.of(
                Task.Origin.PROC,
                pid,
                comm,
                false,
                "D",
                0.0,
                List.of(Arrays.asList(stack.split("<"))),
                null,
                null,
                1)));
  }
}
