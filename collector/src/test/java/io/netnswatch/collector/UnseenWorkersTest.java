package io.netnswatch.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskOfInterest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UnseenWorkersTest {

  private static final Instant BEGIN = Instant.parse("2026-06-01T12:00:00Z");

  /** Of every fifth second of 100. */
  private static List<ProcSnapshot> looks(IntFunction<List<TaskOfInterest>> tasks) {
    List<ProcSnapshot> looks = new ArrayList<>();
    for (int second = 0; second <= 100; second += 5) {
      looks.add(
          Look.at(BEGIN.plusSeconds(second), tasks.apply(second), List.of(), 0, List.of("stacks")));
    }
    return looks;
  }

  private static TaskOfInterest worker(
      String comm, String state, @Nullable Double cpus, @Nullable List<String> stack) {
    return Look.task(7, comm, state).setCpuUse(cpus).setStack(stack).build();
  }

  private static List<String> suspects(IntFunction<List<TaskOfInterest>> tasks) {
    return UnseenWorkers.suspects(looks(tasks), List.of());
  }

  @Test
  void oneThatIsHotOrAsleepAllTheWhileIsNamedByTheNameOfItsQueue() {
    assertThat(suspects(second -> List.of(worker("kworker/u8:1+netns", "R", 0.98, null))))
        .singleElement()
        .asString()
        .startsWith("kworker/u8:1+netns (pid 7) has been hot at every look for 100 s")
        .contains("take perf");
    assertThat(suspects(second -> List.of(worker("kworker/u8:1+netns", "D", 0.0, null))))
        .singleElement()
        .asString()
        .contains("has slept without a pause for 100 s");
  }

  @Test
  void oneThatSleepsElsewhereAtEachLookMoves() {
    List<String> places = List.of("rcu_barrier", "synchronize_rcu_expedited", "msleep");

    assertThat(
            suspects(
                second ->
                    List.of(
                        Look.task(7, "kworker/u8:1+netns", "D")
                            .setCpuUse(0.0)
                            .setWchan(places.get(second / 5 % 3))
                            .build())))
        .isEmpty();
  }

  @Test
  void oneOfNoNameOnlyBesideTasksThatWaitForASemaphore() {
    TaskOfInterest hot = worker("kworker/u8:1", "R", 0.98, null);
    TaskOfInterest loader = Look.waiting(9, "modprobe", "rwsem_down_write_slowpath", 90_000);

    assertThat(suspects(second -> List.of(hot))).isEmpty();
    assertThat(suspects(second -> List.of(hot, loader)))
        .singleElement()
        .asString()
        .contains("while modprobe (pid 9) in rwsem_down_write_slowpath for 90 s wait");
    assertThat(suspects(second -> List.of(worker("kworker/u8:1+btrfs", "R", 0.98, null), loader)))
        .isEmpty();
  }

  @Test
  void notOneThatPausesOrWhoseStackWasSeenOrThatIsDone() {
    TaskOfInterest hot = worker("kworker/u8:1+netns", "R", 0.98, null);
    TaskOfInterest idle = worker("kworker/u8:1+netns", "I", 0.1, null);
    TaskOfInterest seen = worker("kworker/u8:1+netns", "R", 0.98, List.of("inet_twsk_purge"));

    assertThat(suspects(second -> List.of(second % 20 == 0 ? idle : hot))).isEmpty();
    assertThat(suspects(second -> List.of(second == 5 ? seen : hot))).isEmpty();
    assertThat(suspects(second -> second < 90 ? List.of(hot) : List.<TaskOfInterest>of()))
        .isEmpty();
  }

  @Test
  void isNoSuspectWhileCreationsFinish() {
    TaskOfInterest hot = worker("kworker/u8:1+netns", "R", 0.98, null);
    List<ProcSnapshot> looks =
        looks(second -> List.of(hot, Look.waiting(100 + second, "crun", "copy_net_ns", 0)));

    assertThat(UnseenWorkers.suspects(looks, List.of())).isEmpty();
    assertThat(UnseenWorkers.beside(looks, List.of()))
        .singleElement()
        .asString()
        .endsWith("creations finish meanwhile");
  }
}
