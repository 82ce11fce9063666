package io.netnswatch.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.detection.cause.Task;
import io.netnswatch.detection.evidence.SeenTask;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HoldersTest {

  private static final String DELETES_A_LINK = "__flush_work<rtnl_dellink<rtnetlink_rcv_msg";
  private static final String WAITS_FOR_RTNL =
      "rtnl_lock_killable<register_netdev<loopback_net_init<ops_init<setup_net<copy_net_ns";
  private static final String WAITS_FOR_THE_NAMESPACES = "copy_net_ns<create_new_namespaces";
  private static final String CLEANS_UP = "rxrpc_exit_net<ops_exit_list<cleanup_net";

  private final SeenTask dockerd = task(7, "dockerd", DELETES_A_LINK, 0);
  private final SeenTask worker = task(9, "kworker/u8:2", CLEANS_UP, 0);
  private final SeenTask creator = task(50, "runc", WAITS_FOR_RTNL, 5);
  private final SeenTask queued = task(51, "runc", WAITS_FOR_THE_NAMESPACES, 5);

  @Test
  void whoHeldWhatOthersStillWaitForIsRemembered() {
    assertThat(Holders.remembered(List.of(dockerd, worker), List.of(creator)))
        .containsExactly(creator, dockerd);
    assertThat(Holders.remembered(List.of(dockerd, worker), List.of(queued)))
        .containsExactly(queued, worker);
  }

  @Test
  void soIsOneForWhichAsManyWaitAsAreKept() {
    List<SeenTask> waiting =
        IntStream.range(100, 100 + SeenTask.MAX_PER_HOST)
            .mapToObj(pid -> task(pid, "runc", WAITS_FOR_RTNL, 5))
            .toList();

    assertThat(Holders.remembered(List.of(dockerd), waiting))
        .hasSize(SeenTask.MAX_PER_HOST)
        .contains(dockerd);
  }

  @Test
  void soIsTheWriterBehindWhomCreationsQueued() {
    SeenTask modprobe =
        task(12, "modprobe", "register_pernet_operations<register_pernet_subsys", 0);

    assertThat(Holders.remembered(List.of(worker, modprobe), List.of(queued, worker)))
        .containsExactly(queued, worker, modprobe);
  }

  @Test
  void notWhereSomebodyIsSeenToHoldIt() {
    SeenTask other = task(8, "ovs-vswitchd", DELETES_A_LINK, 5);

    assertThat(Holders.remembered(List.of(dockerd), List.of(creator, other)))
        .containsExactly(creator, other);
  }

  @Test
  void notWhoDoesSomethingElseNow() {
    SeenTask back = task(7, "dockerd", "rtnl_lock<rtnetlink_rcv_msg", 5);

    assertThat(Holders.remembered(List.of(dockerd), List.of(creator, back)))
        .containsExactly(creator, back);
  }

  @Test
  void notForLongerThanAMinute() {
    SeenTask later = task(50, "runc", WAITS_FOR_RTNL, 61);

    assertThat(Holders.remembered(List.of(dockerd), List.of(later))).containsExactly(later);
  }

  private static SeenTask task(int pid, String comm, String stack, int second) {
    return new SeenTask(
        Task.of(
            Task.Origin.PROC,
            pid,
            comm,
            comm.startsWith("kworker"),
            "D",
            0.0,
            List.of(List.of(stack.split("<"))),
            null,
            0L,
            second * 1_000L),
        1,
        null);
  }
}
