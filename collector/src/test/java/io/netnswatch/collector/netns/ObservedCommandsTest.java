package io.netnswatch.collector.netns;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.collector.proc.NamespaceTask;
import io.netnswatch.schema.BlockedAt;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ObservedCommandsTest {

  private static final Instant T0 = Instant.parse("2026-11-22T12:00:00Z");
  private static final Set<String> NONE = Set.of();
  private static final Set<String> BLUE = Set.of("blue");

  private final ObservedCommands commands = new ObservedCommands();

  private static NamespaceTask ip(NetnsCommand command, long ageSeconds) {
    return new NamespaceTask(
        7,
        26,
        "ip",
        Duration.ofSeconds(ageSeconds),
        command,
        "blue",
        new BlockedAt("D", "copy_net_ns", List.of("copy_net_ns")));
  }

  private static NamespaceTask unshare(long ageSeconds, String state) {
    return new NamespaceTask(
        8,
        27,
        "unshare",
        Duration.ofSeconds(ageSeconds),
        NetnsCommand.ADD,
        null,
        new BlockedAt(state, null, null));
  }

  private List<NetnsLatency.Builder> observe(
      long atSeconds, Set<String> named, NamespaceTask... tasks) {
    return commands.observe(List.of(tasks), T0.plusSeconds(atSeconds), atSeconds * 1_000, named);
  }

  private List<CommandOutcome> outcomes(long atSeconds, Set<String> named, NamespaceTask... tasks) {
    return observe(atSeconds, named, tasks).stream().map(NetnsLatency.Builder::getOutcome).toList();
  }

  @Test
  void tellsWhenACreationIsToBeReported() {
    assertThat(commands.dueWithin()).isEmpty();

    observe(3, NONE, ip(NetnsCommand.ADD, 3));
    assertThat(commands.dueWithin()).hasValue(Duration.ofSeconds(2));
    observe(5, NONE, ip(NetnsCommand.ADD, 5));
    assertThat(commands.dueWithin()).hasValue(Duration.ofSeconds(5));
    observe(8, NONE, ip(NetnsCommand.DELETE, 8));
    assertThat(commands.dueWithin()).isEmpty();
  }

  @Test
  void blockedCreationIsReportedEveryFiveSecondsUnderOneId() {
    assertThat(observe(1, NONE, ip(NetnsCommand.ADD, 1))).isEmpty();

    NetnsLatency.Builder first = observe(6, NONE, ip(NetnsCommand.ADD, 6)).get(0);
    assertThat(observe(8, NONE, ip(NetnsCommand.ADD, 8))).isEmpty();
    NetnsLatency.Builder second = observe(11, NONE, ip(NetnsCommand.ADD, 11)).get(0);

    assertThat(first.getOutcome()).isEqualTo(CommandOutcome.STILL_RUNNING);
    assertThat(first.getLatencyMs()).isEqualTo(6_000);
    assertThat(first.getBlockedAt().getWchan()).isEqualTo("copy_net_ns");
    assertThat(second.getCommandId()).isEqualTo(first.getCommandId());
    assertThat(second.getLatencyMs()).isEqualTo(11_000);
  }

  @Test
  void creationSucceededIfTheNamespaceCameAbout() {
    observe(1, NONE, ip(NetnsCommand.ADD, 1));

    assertThat(outcomes(6, BLUE)).containsExactly(CommandOutcome.SUCCEEDED);
    assertThat(commands.watching()).isFalse();
  }

  @Test
  void creationThatWasKilledLeavesNoNamespace() {
    observe(6, NONE, ip(NetnsCommand.ADD, 6));

    assertThat(outcomes(11, NONE)).containsExactly(CommandOutcome.FAILED);
  }

  /** It fails with EEXIST; to call it a success would clear a real blockade. */
  @Test
  void creationOfWhatWasThereProvesNothing() {
    observe(1, BLUE, ip(NetnsCommand.ADD, 1));

    assertThat(outcomes(6, BLUE)).isEmpty();
  }

  @Test
  void deletionSucceededIfTheNamespaceIsGone() {
    observe(1, BLUE, ip(NetnsCommand.DELETE, 1));

    assertThat(outcomes(6, NONE)).containsExactly(CommandOutcome.SUCCEEDED);
  }

  @Test
  void deletionThatLeftTheNamespaceFailed() {
    observe(1, BLUE, ip(NetnsCommand.DELETE, 1));

    assertThat(outcomes(6, BLUE)).containsExactly(CommandOutcome.FAILED);
  }

  @Test
  void unshareWaitingForItsProgramIsNoBlockedCreation() {
    assertThat(outcomes(1, NONE, unshare(1, "S"))).isEmpty();
    assertThat(outcomes(60, NONE, unshare(60, "S"))).isEmpty();
    assertThat(outcomes(65, NONE)).isEmpty();
  }

  @Test
  void unshareThatSleepsAfterHavingBeenBlockedHasSucceeded() {
    assertThat(outcomes(6, NONE, unshare(6, "D"))).containsExactly(CommandOutcome.STILL_RUNNING);
    assertThat(outcomes(8, NONE, unshare(8, "S"))).containsExactly(CommandOutcome.SUCCEEDED);
    assertThat(outcomes(13, NONE, unshare(13, "S"))).isEmpty();
    assertThat(outcomes(18, NONE)).isEmpty();
  }

  @Test
  void blockedUnshareThatIsGoneMayHaveBeenKilledSoItClaimsNoHealth() {
    observe(6, NONE, unshare(6, "D"));

    assertThat(outcomes(11, NONE)).containsExactly(CommandOutcome.FAILED);
  }

  @Test
  void fastUnshareIsNoEvidence() {
    observe(1, NONE, unshare(1, "R"));

    assertThat(outcomes(6, NONE)).isEmpty();
  }

  @Test
  void clockThatIsSetMakesNoCommandOldOrAnother() {
    // Given
    observe(1, NONE, ip(NetnsCommand.ADD, 1));

    // When: the clock has been set forward by an hour, while four seconds passed
    List<NetnsLatency.Builder> early =
        commands.observe(List.of(ip(NetnsCommand.ADD, 4)), T0.plusSeconds(3_604), 4_000, NONE);
    List<NetnsLatency.Builder> due =
        commands.observe(List.of(ip(NetnsCommand.ADD, 6)), T0.plusSeconds(3_606), 6_000, NONE);

    // Then
    assertThat(early).isEmpty();
    assertThat(due)
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.getOutcome()).isEqualTo(CommandOutcome.STILL_RUNNING);
              assertThat(it.getLatencyMs()).isEqualTo(6_000);
              assertThat(it.getStartedAt()).isEqualTo(T0);
              assertThat(it.getObservedAt()).isEqualTo(T0.plusSeconds(3_606));
            });
  }
}
