package io.netnswatch.detection;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.schema.EventAction;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.KernelLogEntry;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.Resolution;
import io.netnswatch.schema.TaskOfInterest;
import io.netnswatch.schema.WaitStep;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/** A task that holds the lock and stands still, while nobody waits for it yet. */
class StandstillTest {

  private static final String[] DEVLINK = {"devlinks_xa_find_get", "devlink_pernet_pre_exit"};

  private final TestEvents events = TestEvents.ofHost("node-1");
  private final Detection detection = new Detection();

  @Test
  void aCleanupThatSpinsInOneHandlerIsStuckAfterAMinute() throws InvalidEventException {
    List<Incident> incidents = detection.feed(looks(0, 100, spinning(DEVLINK)));

    assertThat(incidents).hasSize(1);
    Incident incident = incidents.get(0);
    assertThat(incident.getKind()).isEqualTo("netns-cleanup-stuck");
    assertThat(incident.getStartedAt().toEpochMilli()).isEqualTo(TestEvents.ms(0));
    assertThat(incident.getTitle()).contains("kworker/u4:0 in devlink_pernet_pre_exit for");
  }

  @Test
  void aCleanupThatSleepsInOneHandlerIsStuckToo() throws InvalidEventException {
    assertThat(
            detection.feed(
                looks(
                    0,
                    100,
                    TestEvents.sleepingCleanup(
                        "msleep", "netdev_run_todo", "default_device_exit_batch"))))
        .extracting(Incident::getKind)
        .containsExactly("netns-cleanup-stuck");
  }

  /** netdev_wait_allrefs_any() sleeps, and once a second takes rtnl and waits for a barrier. */
  @Test
  void aWaitForReferencesIsOneWaitWhereverItIsFound() throws InvalidEventException {
    String[][] turns = {
      {"msleep", "netdev_run_todo", "default_device_exit_batch"},
      {"rcu_barrier", "netdev_run_todo", "default_device_exit_batch"},
      {"rtnl_lock", "netdev_wait_allrefs_any", "netdev_run_todo", "default_device_exit_batch"}
    };
    List<SpecificRecord> stream = new ArrayList<>();
    for (int second = 0; second < 100; second += 5) {
      stream.addAll(
          looks(second, second + 5, TestEvents.sleepingCleanup(turns[second / 5 % turns.length])));
    }

    assertThat(detection.feed(stream))
        .extracting(Incident::getKind)
        .containsExactly("netns-cleanup-stuck");
  }

  /** One namespace after the other is deleted, and each waits longest for a grace period. */
  @Test
  void aCleanupThatUsesACpuBetweenTheSameWaitsGoesOn() throws InvalidEventException {
    TaskOfInterest busy =
        TestEvents.sleepingCleanup(
            "synchronize_rcu_expedited", "unregister_netdevice_many", "default_device_exit_batch");

    assertThat(detection.feed(looks(0, 600, using(0.05, busy)))).isEmpty();
  }

  /** Another task has held it all the while: a creation, or a module's load. */
  @Test
  void aCleanupThatWaitsForTheLockItselfIsStuck() throws InvalidEventException {
    List<Incident> incidents = detection.feed(looks(0, 100, TestEvents.sleepingCleanup()));

    assertThat(incidents).extracting(Incident::getKind).containsExactly("netns-cleanup-stuck");
    assertThat(incidents.get(0).getDescription())
        .contains("waits for a lock that another task holds, to tear namespaces down");
    assertThat(requireNonNull(incidents.get(0).getCause()).getCauseId())
        .isEqualTo("pernet-lock-held");
  }

  @Test
  void aCleanupThatHoldsRtnlOverWhatItWaitsForIsSaidTo() throws InvalidEventException {
    List<Incident> incidents =
        detection.feed(
            looks(
                0,
                100,
                TestEvents.sleepingCleanup(
                    "kernfs_remove_by_name_ns",
                    "netdev_unregister_kobject",
                    "unregister_netdevice_many",
                    "default_device_exit_batch")));

    assertThat(incidents.get(0).getDescription())
        .contains("which holds rtnl_mutex as well, state D, waits for kernfs_rwsem of sysfs");
  }

  @Test
  void theLockThatACleanupWaitsForIsHandedOnWhileCreationsFinish() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>();
    for (int second = 0; second < 600; second += 5) {
      stream.addAll(looks(second, second + 5, TestEvents.sleepingCleanup()));
      stream.add(events.succeeded(second, second + 4.5));
    }

    assertThat(detection.feed(stream)).isEmpty();
  }

  @Test
  void lessThanAMinuteIsSilent() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>(looks(0, 60, spinning(DEVLINK)));
    stream.addAll(looks(60, 300));

    assertThat(detection.feed(stream)).isEmpty();
  }

  @Test
  void aCleanupInOneHandlerAfterAnotherGoesOn() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>();
    for (int second = 0; second < 600; second += 5) {
      stream.addAll(
          looks(
              second,
              second + 5,
              TestEvents.sleepingCleanup(
                  "synchronize_net", second % 30 < 25 ? "ip6_tnl_exit_net" : "tcp_sk_exit_batch")));
    }

    assertThat(detection.feed(stream)).isEmpty();
  }

  @Test
  void oneThatWaitsElsewhereInTheSameHandlerGoesOn() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>();
    for (int second = 0; second < 600; second += 5) {
      stream.addAll(
          looks(
              second,
              second + 5,
              TestEvents.sleepingCleanup(
                  second % 20 < 15 ? "synchronize_net" : "rcu_barrier",
                  "rollback_registered_many",
                  "default_device_exit_batch")));
    }

    assertThat(detection.feed(stream)).isEmpty();
  }

  @Test
  void theStackOfARunningWorkerMayReadEmptyNowAndThen() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>();
    TaskOfInterest unread =
        TaskOfInterest.newBuilder(spinning(DEVLINK)).setStack(List.of()).build();
    for (int second = 0; second < 100; second += 5) {
      stream.addAll(looks(second, second + 5, second % 15 == 0 ? spinning(DEVLINK) : unread));
    }

    assertThat(detection.feed(stream))
        .extracting(Incident::getKind)
        .containsExactly("netns-cleanup-stuck");
  }

  /** From 4.17 to 6.19 it takes ids of namespaces out of others by itself, all of it inlined. */
  @Test
  void aCleanupThatRunsInNoHandlerIsStuckToo() throws InvalidEventException {
    assertThat(detection.feed(looks(0, 100, spinning())))
        .extracting(Incident::getTitle)
        .singleElement()
        .asString()
        .contains("kworker/u4:0 in cleanup_net for");
  }

  @Test
  void aModuleThatIsRemovedForMinutesIsNamed() throws InvalidEventException {
    TaskOfInterest rmmod =
        TaskOfInterest.newBuilder(
                spinning("nf_ct_iterate_cleanup", "nf_conntrack_cleanup_net_list"))
            .setComm("rmmod")
            .setKernelThread(false)
            .setStack(
                List.of(
                    "nf_ct_iterate_cleanup",
                    "nf_conntrack_cleanup_net_list",
                    "nf_conntrack_pernet_exit",
                    "ops_exit_list",
                    "free_exit_list",
                    "unregister_pernet_operations",
                    "unregister_pernet_subsys",
                    "nf_conntrack_standalone_fini"))
            .build();

    assertThat(detection.feed(looks(0, 100, rmmod)))
        .extracting(Incident::getKind, it -> it.getTitle().contains("rmmod"))
        .containsExactly(tuple("netns-cleanup-stuck", true));
  }

  /** From 4.17 on it takes the lock of the namespaces as a writer, and then rtnl. */
  @Test
  void whoRegistersANotifierForMinutesIsStuckAsAWriter() throws InvalidEventException {
    TaskOfInterest closes =
        TaskOfInterest.newBuilder(TestEvents.sleepingCleanup())
            .setComm("candump")
            .setKernelThread(false)
            .setStack(List.of("unregister_netdevice_notifier", "raw_release", "sock_close"))
            .build();

    assertThat(detection.feed(looks(0, 100, closes)))
        .extracting(Incident::getKind, it -> it.getTitle().contains("candump"))
        .containsExactly(tuple("netns-cleanup-stuck", true));
  }

  @Test
  void aCreationThatSpinsInAnExitHandlerStandsInOthersWay() throws InvalidEventException {
    TaskOfInterest creator =
        TaskOfInterest.newBuilder(spinning("nf_ct_iterate_cleanup"))
            .setComm("syz-executor")
            .setKernelThread(false)
            .setStack(
                List.of(
                    "nf_ct_iterate_cleanup",
                    "nf_conntrack_cleanup_net_list",
                    "nf_conntrack_pernet_exit",
                    "setup_net",
                    "copy_net_ns",
                    "create_new_namespaces"))
            .build();

    assertThat(detection.feed(looks(0, 100, creator)))
        .extracting(Incident::getKind, it -> it.getTitle().contains("syz-executor"))
        .containsExactly(tuple("netns-cleanup-stuck", true));
  }

  @Test
  void aCreationThatWaitsForTheLockStandsInNobodysWay() throws InvalidEventException {
    List<Incident> incidents = detection.feed(looks(0, 200, TestEvents.runc(9000, 0)));

    assertThat(incidents).extracting(Incident::getKind).doesNotContain("netns-cleanup-stuck");
  }

  @Test
  void itEndsWhenTheTaskIsSeenThereNoMore() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>(looks(0, 100, spinning(DEVLINK)));
    stream.addAll(looks(100, 300));

    List<Incident> incidents = detection.feed(stream);

    assertThat(incidents.get(incidents.size() - 1).getResolution()).isEqualTo(Resolution.RECOVERED);
  }

  @Test
  void noSnapshotEndsNothing() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>(looks(0, 100, spinning(DEVLINK)));
    for (int second = 100; second < 400; second += 10) {
      stream.add(events.coldPerf(second));
    }

    assertThat(detection.feed(stream))
        .extracting(Incident::getEventAction)
        .doesNotContain(EventAction.RESOLVE);
  }

  @Test
  void itBecomesPartOfTheBlockedCreation() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>(looks(0, 100, spinning(DEVLINK)));
    for (int second = 100; second < 200; second += 5) {
      stream.addAll(
          looks(second, second + 5, spinning(DEVLINK), TestEvents.runc(9000, second - 100)));
    }
    stream.addAll(looks(200, 300, spinning(DEVLINK)));

    List<Incident> incidents = detection.feed(stream);

    assertThat(incidents)
        .extracting(Incident::getKind, Incident::getResolution)
        .contains(tuple("netns-cleanup-stuck", Resolution.SUPERSEDED))
        .doesNotContain(tuple("netns-creation-blocked", Resolution.RECOVERED));
  }

  @Test
  void upTo416ACreationThatFinishedShowsThatTheLockWasFree() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>();
    for (int second = 0; second < 300; second += 5) {
      stream.add(
          events.telling(second, 1, TestEvents.sleepingCleanup("synchronize_net", "sit_exit_net")));
    }

    assertThat(detection.feed(stream)).isEmpty();
  }

  @Test
  void aCleanupThatTheKernelReportsToHangBetweenTwoHandlersIsStuck() throws InvalidEventException {
    // Given one that waits for RCU in the cleanup itself, as it does on every busy host
    TaskOfInterest waiting = TestEvents.sleepingCleanup("_rcu_barrier", "rcu_barrier");
    List<SpecificRecord> unreported = looks(0, 200, waiting);
    KernelLogEntry hung =
        entry(95, "HUNG_TASK")
            .setPid(5)
            .setComm("kworker/u4:0")
            .setState("D")
            .setBlockedForMs(120_000L)
            .setStack(requireNonNull(waiting.getStack()))
            .build();
    List<SpecificRecord> reported = looks(0, 95, waiting);
    reported.add(
        ProcSnapshot.newBuilder(events.telling(95, 0, waiting))
            .setKernelLog(List.of(hung))
            .build());
    reported.addAll(looks(100, 130, waiting));

    // Then only the kernel's report tells one wait from many
    assertThat(new Detection().feed(unreported)).isEmpty();
    assertThat(detection.feed(reported))
        .extracting(Incident::getKind)
        .containsExactly("netns-cleanup-stuck");
  }

  @Test
  void aDeviceThatTheLogNamesForAMinuteIsAStuckCleanupUntilItIsNamedNoMore()
      throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>();
    for (int second = 0; second < 400; second += 5) {
      KernelLogEntry waiting =
          entry(second, "DEVICE_REFERENCE").setDevice("lo").setUsageCount(2).build();
      boolean said = second < 120 && second % 10 == 0;
      stream.add(
          ProcSnapshot.newBuilder(events.telling(second, 0))
              .setKernelLog(said ? List.of(waiting) : List.of())
              .build());
    }

    List<Incident> incidents = detection.feed(stream);

    assertThat(incidents)
        .extracting(Incident::getKind, Incident::getResolution)
        .startsWith(tuple("netns-cleanup-stuck", null))
        .endsWith(tuple("netns-cleanup-stuck", Resolution.RECOVERED));
    assertThat(incidents.get(0).getTitle()).contains("device lo still referenced");
    assertThat(requireNonNull(incidents.get(0).getCause()).getCauseId())
        .isEqualTo("device-reference-leak");
  }

  /** After sonic-net/sonic-buildimage 4802: `ip link del` of a device of the host itself. */
  @Test
  void aDeviceThatAProgramRemovesIsNoStuckCleanup() throws InvalidEventException {
    TaskOfInterest ip =
        TaskOfInterest.newBuilder(TestEvents.sleepingCleanup())
            .setPid(3121)
            .setComm("ip")
            .setKernelThread(false)
            .setStack(List.of("msleep", "netdev_run_todo", "rtnl_unlock", "rtnetlink_rcv"))
            .build();
    List<SpecificRecord> stream = new ArrayList<>();
    for (int second = 0; second < 150; second += 5) {
      KernelLogEntry waiting = entry(second, "DEVICE_REFERENCE").setDevice("mgmt").build();
      stream.add(
          ProcSnapshot.newBuilder(events.telling(second, 0, ip))
              .setKernelLog(second % 10 == 0 ? List.of(waiting) : List.of())
              .build());
    }

    assertThat(detection.feed(stream)).isEmpty();
  }

  @Test
  void aDeviceThatIsNamedForLessThanAMinuteIsSilent() throws InvalidEventException {
    List<SpecificRecord> stream = looks(0, 300);
    for (int second = 0; second < 40; second += 10) {
      stream.add(
          ProcSnapshot.newBuilder(events.telling(second + 1, 0))
              .setKernelLog(List.of(entry(second, "DEVICE_REFERENCE").setDevice("veth7").build()))
              .build());
    }

    assertThat(detection.feed(stream)).isEmpty();
  }

  @Test
  void aModuleLoadThatIsQueuedForAMinuteIsToldThoughNobodyIsSeenToHoldTheLock()
      throws InvalidEventException {
    List<Incident> incidents = detection.feed(looks(0, 100, queued(90)));

    assertThat(incidents).extracting(Incident::getKind).containsExactly("netns-cleanup-stuck");
    Incident incident = incidents.get(0);
    assertThat(incident.getTitle()).contains("modprobe in register_pernet_operations for");
    assertThat(requireNonNull(incident.getCause()).getCauseId()).isEqualTo("pernet-writer-queued");
    assertThat(incident.getMissing()).anyMatch(it -> it.contains("who holds pernet_ops_rwsem"));
    assertThat(incident.getDescription()).contains("queued for the lock");
  }

  @Test
  void aModuleLoadBehindAStuckCleanupLeadsToIt() throws InvalidEventException {
    List<Incident> incidents = detection.feed(looks(0, 100, queued(90), spinning(DEVLINK)));

    assertThat(incidents).hasSize(1);
    Incident incident = incidents.get(0);
    assertThat(incident.getTitle()).contains("kworker/u4:0 in devlink_pernet_pre_exit for");
    assertThat(incident.getWaitChain())
        .extracting(WaitStep::getTaskRole, WaitStep::getComm)
        .containsExactly(tuple("PERNET_WRITER", "modprobe"), tuple("CLEANUP", "kworker/u4:0"));
    assertThat(requireNonNull(incident.getCulprit()).getComm()).isEqualTo("kworker/u4:0");
  }

  @Test
  void aModuleLoadThatGetsTheLockWithinAMinuteIsSilent() throws InvalidEventException {
    List<SpecificRecord> stream = looks(0, 50, queued(91));
    stream.addAll(looks(50, 100, queued(92)));
    stream.addAll(looks(100, 300));

    assertThat(detection.feed(stream)).isEmpty();
  }

  private static TaskOfInterest queued(int pid) {
    return TaskOfInterest.newBuilder(
            TestEvents.sleepingCleanup("register_pernet_operations", "register_pernet_subsys"))
        .setPid(pid)
        .setComm("modprobe")
        .setKernelThread(false)
        .setStack(List.of("register_pernet_operations", "register_pernet_subsys", "ipvlan_init"))
        .build();
  }

  private static KernelLogEntry.Builder entry(int second, String category) {
    return KernelLogEntry.newBuilder()
        .setLoggedAt(Instant.ofEpochMilli(TestEvents.ms(second)))
        .setCategory(category)
        .setMessage(category);
  }

  private static TaskOfInterest spinning(String... frames) {
    return TaskOfInterest.newBuilder(TestEvents.sleepingCleanup(frames))
        .setState("R")
        .setCpuUse(0.98)
        .build();
  }

  private List<SpecificRecord> looks(int from, int to, TaskOfInterest... tasks) {
    List<SpecificRecord> stream = new ArrayList<>();
    for (int second = from; second < to; second += 5) {
      stream.add(
          ProcSnapshot.newBuilder(events.telling(second, 0, tasks))
              .setKernelRelease("6.1.0-11-2-amd64")
              .setKernelVersion("Linux version 6.1.0-11-2-amd64 #1 SMP Debian 6.1.38-4")
              .build());
    }
    return stream;
  }

  private static TaskOfInterest using(double cpus, TaskOfInterest task) {
    return TaskOfInterest.newBuilder(task).setCpuUse(cpus).build();
  }
}
