package io.netnswatch.detection;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.EventAction;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.IncidentStatus;
import io.netnswatch.schema.Resolution;
import io.netnswatch.schema.TaskOfInterest;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts on which nobody runs {@code ip}: only snapshots tell how creations fare. */
class CreationProgressTest {

  private static final TaskOfInterest CLEANUP = TestEvents.sleepingCleanup("rcu_barrier");

  private final TestEvents events = TestEvents.ofHost("node-1");
  private final Detection detection = new Detection();

  @ParameterizedTest
  @ValueSource(ints = {8, 12, 20, 25})
  void creationsThatTakeLongAndFinishAreABacklog(int secondsEach) throws InvalidEventException {
    List<Incident> incidents = detection.feed(queue(0, 300, secondsEach, null));

    assertThat(incidents).extracting(Incident::getKind).containsOnly("netns-cleanup-backlog");
  }

  @Test
  void theBacklogEndsWhenNoCreationIsUnderWay() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>(queue(0, 200, 20, null));
    for (int second = 200; second < 800; second += 5) {
      stream.add(events.telling(second, 0));
    }

    assertThat(detection.feed(stream))
        .extracting(Incident::getEventAction)
        .startsWith(EventAction.TRIGGER)
        .endsWith(EventAction.RESOLVE);
  }

  /** Killed by its runtime, perhaps: while the cleanup spins, what vanishes proves nothing. */
  @Test
  void whatVanishesBesideASpinningCleanupHasNotFinished() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>();
    for (int second = 0; second < 200; second += 5) {
      stream.add(
          events.telling(
              second,
              null,
              TestEvents.spinningWorker(),
              TestEvents.runc(9000 + second / 20, second % 20)));
    }

    assertThat(detection.feed(stream))
        .extracting(Incident::getKind)
        .contains("netns-cleanup-livelock")
        .doesNotContain("netns-cleanup-backlog");
  }

  @Test
  void whereNewNamespacesAreCountedNoneMeansThatNoneFinished() throws InvalidEventException {
    assertThat(detection.feed(queue(0, 300, 20, 0)))
        .extracting(Incident::getKind)
        .contains("netns-creation-blocked")
        .doesNotContain("netns-cleanup-backlog");
  }

  @Test
  void aStallEndsWhenSnapshotsShowNoCreationUnderWay() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>();
    TaskOfInterest waits = TestEvents.sleepingCleanup("msleep", "netdev_run_todo");
    for (int second = 0; second < 60; second += 5) {
      stream.add(events.telling(second, 0, waits, TestEvents.runc(9000, second)));
    }
    for (int second = 60; second < 300; second += 5) {
      stream.add(events.telling(second, 0));
    }

    List<Incident> incidents = detection.feed(stream);

    assertThat(incidents).extracting(Incident::getKind).containsOnly("netns-creation-blocked");
    assertThat(incidents.get(incidents.size() - 1).getResolution()).isEqualTo(Resolution.RECOVERED);
  }

  /** A probe is killed at its time limit; until the next one nobody tries. */
  @Test
  void thatAProbeWasKilledEndsNothing() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>();
    for (int second = 0; second < 300; second += 60) {
      for (int age = 5; age < 30; age += 5) {
        stream.add(events.telling(second + age, 0, TestEvents.runc(2526, age)));
        stream.add(events.hanging(second, second + age));
      }
      stream.add(events.creation(second, second + 30, CommandOutcome.TIMED_OUT));
      for (int pause = 30; pause < 60; pause += 5) {
        stream.add(events.telling(second + pause, 0));
      }
    }

    assertThat(detection.feed(stream))
        .isNotEmpty()
        .allMatch(it -> it.getKind().equals("netns-creation-blocked"))
        .allMatch(it -> it.getStatus() == IncidentStatus.OPEN);
  }

  @Test
  void aModuleThatStillQueuesForTheLockKeepsTheIncidentOpen() throws InvalidEventException {
    TaskOfInterest modprobe =
        TaskOfInterest.newBuilder(TestEvents.runc(800, 60))
            .setComm("modprobe")
            .setStack(
                List.of("rwsem_down_write_slowpath", "register_pernet_subsys", "do_one_initcall"))
            .build();
    List<SpecificRecord> stream = new ArrayList<>();
    for (int second = 0; second < 60; second += 5) {
      stream.add(events.telling(second, 0, modprobe, TestEvents.runc(9000, second)));
    }
    for (int second = 60; second < 300; second += 5) {
      stream.add(events.telling(second, 0, modprobe));
    }

    assertThat(detection.feed(stream))
        .isNotEmpty()
        .allMatch(it -> it.getStatus() == IncidentStatus.OPEN);
  }

  @Test
  void snapshotsThatCouldNotTellEndNothing() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>();
    for (int second = 0; second < 60; second += 5) {
      stream.add(events.telling(second, 0, TestEvents.runc(9000, second)));
    }
    for (int second = 60; second < 900; second += 5) {
      stream.add(events.snapshot(second));
    }

    assertThat(detection.feed(stream))
        .extracting(Incident::getEventAction)
        .doesNotContain(EventAction.RESOLVE);
  }

  @Test
  void promptCreationsOfOthersAreNoBacklog() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>();
    for (int second = 0; second < 300; second += 5) {
      stream.add(
          events.telling(second, 4, CLEANUP, TestEvents.runc(9000 + second / 20, second % 20)));
    }

    assertThat(detection.feed(stream)).isEmpty();
  }

  @Test
  void aBacklogWhoseWorkerGoesFromHandlerToHandlerIsNotHeldUpInTheLast()
      throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>();
    String[] handlers = {"foo_exit_net", "bar_exit_net", "baz_exit_net"};
    for (int second = 0; second < 300; second += 2) {
      TaskOfInterest worker = TestEvents.sleepingCleanup(handlers[second / 2 % handlers.length]);
      TaskOfInterest creation = TestEvents.runc(9000 + second / 12, second % 12);
      stream.add(events.telling(second, null, worker, creation));
    }

    assertThat(detection.feed(stream))
        .isNotEmpty()
        .allMatch(it -> it.getKind().equals("netns-cleanup-backlog"))
        .extracting(it -> requireNonNull(it.getCause()).getCauseId())
        .containsOnly("cleanup-batch");
  }

  /** Slow creations that are over say nothing of what another task holds up. */
  @Test
  void afterOneOutageTheNextIsAnIncidentOfItsOwn() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>();
    TaskOfInterest waits =
        TestEvents.sleepingCleanup("msleep", "netdev_run_todo", "default_device_exit_batch");
    TaskOfInterest ethtool = ethtool(6100, 60);
    for (int second = 0; second < 70; second += 5) {
      stream.add(events.telling(second, null, waits, TestEvents.runc(9000, second)));
    }
    for (int second = 70; second < 110; second += 5) {
      stream.add(events.telling(second, null));
    }
    for (int second = 110; second < 170; second += 5) {
      stream.add(events.telling(second, null, ethtool, inLoopback(9001, second - 110)));
    }

    List<Incident> incidents = detection.feed(stream);

    assertThat(incidents)
        .filteredOn(it -> it.getEventAction() == EventAction.TRIGGER)
        .extracting(it -> it.getStartedAt().toEpochMilli(), Incident::getKind)
        .containsExactly(
            tuple(TestEvents.ms(0), "netns-creation-blocked"),
            tuple(TestEvents.ms(110), "netns-creation-blocked"));
    assertThat(incidents)
        .filteredOn(it -> it.getEventAction() == EventAction.RESOLVE)
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.getEndedAt()).isBefore(TestEvents.at(75));
              assertThat(requireNonNull(it.getCause()).getCauseId())
                  .isEqualTo("device-reference-leak");
            });
    assertThat(requireNonNull(incidents.get(incidents.size() - 1).getCulprit()).getComm())
        .isEqualTo("ethtool");
  }

  /** Where another task holds them up, the patience with slow creations ends with the first. */
  @ParameterizedTest
  @ValueSource(ints = {0, 5, 15})
  void anOutageRightAfterAnotherIsAnIncidentOfItsOwn(int pause) throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>();
    TaskOfInterest waits =
        TestEvents.sleepingCleanup("msleep", "netdev_run_todo", "default_device_exit_batch");
    for (int second = 0; second < 70; second += 5) {
      stream.add(events.telling(second, null, waits, TestEvents.runc(9000, second)));
    }
    for (int second = 70; second < 130; second += 5) {
      TaskOfInterest holder = ethtool(6100, second - 70);
      stream.add(
          second < 70 + pause
              ? events.telling(second, null, holder)
              : events.telling(second, null, holder, inLoopback(9001, second - 70 - pause)));
    }

    assertThat(detection.feed(stream))
        .filteredOn(it -> it.getEventAction() == EventAction.TRIGGER)
        .extracting(
            it -> it.getStartedAt().toEpochMilli(),
            it -> requireNonNull(it.getCause()).getCauseId())
        .containsExactly(
            tuple(TestEvents.ms(0), "device-reference-leak"),
            tuple(TestEvents.ms(70 + pause), "rtnl-held"));
  }

  /** The worker is idle: rtnl is held again and again. */
  @Test
  void creationsThatOneTaskAfterAnotherHoldsUpAreSlow() throws InvalidEventException {
    List<Incident> incidents = detection.feed(heldUpInTurns(25, 300));

    assertThat(incidents)
        .isNotEmpty()
        .allSatisfy(
            it -> {
              assertThat(it.getKind()).isEqualTo("netns-cleanup-backlog");
              assertThat(it.getTitle()).contains("the next is held up by ethtool in dev_ethtool");
              assertThat(it.getDescription()).contains("by others, one after another");
            });
    assertThat(requireNonNull(incidents.get(0).getCulprit()).getPid()).isGreaterThan(6002);
  }

  /** Each is held up for so long that it seems to hang, until several have finished. */
  @Test
  void afterThreeThatFinishedTheyAreSlowHoweverLongEachTakes() throws InvalidEventException {
    List<Incident> incidents = detection.feed(heldUpInTurns(50, 500));

    assertThat(incidents)
        .filteredOn(it -> it.getEventAction() != EventAction.UPDATE)
        .extracting(Incident::getKind, Incident::getEventAction)
        .containsExactly(
            tuple("netns-creation-blocked", EventAction.TRIGGER),
            tuple("netns-creation-blocked", EventAction.RESOLVE),
            tuple("netns-cleanup-backlog", EventAction.TRIGGER));
    assertThat(incidents.get(incidents.size() - 1).getKind()).isEqualTo("netns-cleanup-backlog");
  }

  /** One creation after another, each behind a task of its own that holds rtnl. */
  private List<SpecificRecord> heldUpInTurns(int secondsEach, int to) {
    List<SpecificRecord> stream = new ArrayList<>();
    for (int second = 0; second < to; second += 5) {
      int turn = second / secondsEach;
      int since = second % secondsEach;
      stream.add(
          since == 0
              ? events.telling(second, null, ethtool(6000 + turn, since))
              : events.telling(
                  second, null, ethtool(6000 + turn, since), inLoopback(9000 + turn, since - 5)));
    }
    return stream;
  }

  private static TaskOfInterest ethtool(int pid, int seconds) {
    return task(pid, "ethtool", seconds, "mlx5_cmd_exec", "ethtool_set_channels", "dev_ethtool");
  }

  private static TaskOfInterest inLoopback(int pid, int seconds) {
    return task(
        pid,
        "runc:[1:CHILD]",
        seconds,
        "register_netdev",
        "loopback_net_init",
        "ops_init",
        "setup_net",
        "copy_net_ns");
  }

  private static TaskOfInterest task(int pid, String comm, int seconds, String... frames) {
    return TaskOfInterest.newBuilder(TestEvents.runc(pid, seconds))
        .setComm(comm)
        .setWchan(null)
        .setStack(List.of(frames))
        .build();
  }

  /** One creation after another, each as long, with the cleanup at work. */
  private List<SpecificRecord> queue(int from, int to, int secondsEach, @Nullable Integer created) {
    List<SpecificRecord> stream = new ArrayList<>();
    for (int second = from; second < to; second += 2) {
      stream.add(
          events.telling(
              second,
              created,
              CLEANUP,
              TestEvents.runc(9000 + second / secondsEach, second % secondsEach)));
    }
    return stream;
  }
}
