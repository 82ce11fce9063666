package io.netnswatch.collector.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WchanTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "# cat /proc/2909/wchan\ncopy_net_ns\n",
        "# cat /proc/2909/wchan\ncopy_net_ns[root@node7 ~]# \n",
        "/proc/2909/wchan: copy_net_ns\n",
        "# cat /proc/31/task/2909/wchan\ncopy_net_ns\n"
      })
  void aTaskInACreationSleepsThere(String text) {
    assertThat(Found.in(text).tasks)
        .containsExactly(TaskSighting.of(2909, null).withWchan("copy_net_ns").withState("D"));
  }

  @Test
  void itsNameMayStandBelow() {
    Found found =
        Found.in("# cat /proc/2909/wchan; echo; cat /proc/2909/comm\ncopy_net_ns\nrunc\n");

    assertThat(found.tasks)
        .containsExactly(TaskSighting.of(2909, "runc").withWchan("copy_net_ns").withState("D"));
  }

  @Test
  void whatSleepsElsewhereHasNoStateByThat() {
    Found found = Found.in("# cat /proc/7/wchan\nep_poll\n");

    assertThat(found.tasks).containsExactly(TaskSighting.of(7, null).withWchan("ep_poll"));
  }

  @Test
  void oneThatRunsHasNone() {
    Found found = Found.in("# cat /proc/7/wchan\n0\n# cat /proc/8/wchan\nmsleep\n");

    assertThat(found.tasks).containsExactly(TaskSighting.of(8, null).withWchan("msleep"));
  }
}
