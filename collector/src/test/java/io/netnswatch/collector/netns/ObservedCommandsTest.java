package io.netnswatch.collector.netns;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.collector.proc.NamespaceTask;
import io.netnswatch.schema.BlockedAt;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ObservedCommandsTest {

  private static final Instant T0 = Instant.parse("2026-11-22T12:00:00Z");
  private static final Set<String> NONE = Set.of();
  private static final Set<String> BLUE = Set.of("blue");

  private final ObservedCommands commands = new ObservedCommands();

  private static NamespaceTask ip(NetnsCommand command, long startedMs) {
    return new NamespaceTask(
        7,
        "ip",
        T0.plusMillis(startedMs),
        command,
        "blue",
        new BlockedAt("D", "copy_net_ns", List.of("copy_net_ns")));
  }

  private static NamespaceTask unshare(String state) {
    return new NamespaceTask(
        8, "unshare", T0, NetnsCommand.ADD, null, new BlockedAt(state, null, null));
  }

  private List<NetnsLatency.Builder> observe(
      long atSeconds, Set<String> named, NamespaceTask... tasks) {
    return commands.observe(List.of(tasks), T0.plusSeconds(atSeconds), named);
  }

  private List<CommandOutcome> outcomes(long atSeconds, Set<String> named, NamespaceTask... tasks) {
    return observe(atSeconds, named, tasks).stream().map(NetnsLatency.Builder::getOutcome).toList();
  }

  @Test
  void blockedCreationIsReportedEveryFiveSecondsUnderOneId() {
    assertThat(observe(1, NONE, ip(NetnsCommand.ADD, 0))).isEmpty();

    NetnsLatency.Builder first = observe(6, NONE, ip(NetnsCommand.ADD, 10)).get(0);
    assertThat(observe(8, NONE, ip(NetnsCommand.ADD, 0))).isEmpty();
    NetnsLatency.Builder second = observe(11, NONE, ip(NetnsCommand.ADD, -10)).get(0);

    assertThat(first.getOutcome()).isEqualTo(CommandOutcome.STILL_RUNNING);
    assertThat(first.getLatencyMs()).isEqualTo(6_000);
    assertThat(first.getBlockedAt().getWchan()).isEqualTo("copy_net_ns");
    assertThat(second.getCommandId()).isEqualTo(first.getCommandId());
    assertThat(second.getLatencyMs()).isEqualTo(11_000);
  }

  @Test
  void creationSucceededIfTheNamespaceCameAbout() {
    observe(1, NONE, ip(NetnsCommand.ADD, 0));

    assertThat(outcomes(6, BLUE)).containsExactly(CommandOutcome.SUCCEEDED);
    assertThat(commands.watching()).isFalse();
  }

  @Test
  void creationThatWasKilledLeavesNoNamespace() {
    observe(6, NONE, ip(NetnsCommand.ADD, 0));

    assertThat(outcomes(11, NONE)).containsExactly(CommandOutcome.FAILED);
  }

  /** It fails with EEXIST; to call it a success would clear a real blockade. */
  @Test
  void creationOfWhatWasThereProvesNothing() {
    observe(1, BLUE, ip(NetnsCommand.ADD, 0));

    assertThat(outcomes(6, BLUE)).isEmpty();
  }

  @Test
  void deletionSucceededIfTheNamespaceIsGone() {
    observe(1, BLUE, ip(NetnsCommand.DELETE, 0));

    assertThat(outcomes(6, NONE)).containsExactly(CommandOutcome.SUCCEEDED);
  }

  @Test
  void deletionThatLeftTheNamespaceFailed() {
    observe(1, BLUE, ip(NetnsCommand.DELETE, 0));

    assertThat(outcomes(6, BLUE)).containsExactly(CommandOutcome.FAILED);
  }

  @Test
  void unshareWaitingForItsProgramIsNoBlockedCreation() {
    assertThat(outcomes(1, NONE, unshare("S"))).isEmpty();
    assertThat(outcomes(60, NONE, unshare("S"))).isEmpty();
    assertThat(outcomes(65, NONE)).isEmpty();
  }

  @Test
  void unshareThatSleepsAfterHavingBeenBlockedHasSucceeded() {
    assertThat(outcomes(6, NONE, unshare("D"))).containsExactly(CommandOutcome.STILL_RUNNING);
    assertThat(outcomes(8, NONE, unshare("S"))).containsExactly(CommandOutcome.SUCCEEDED);
    assertThat(outcomes(13, NONE, unshare("S"))).isEmpty();
    assertThat(outcomes(18, NONE)).isEmpty();
  }

  @Test
  void blockedUnshareThatIsGoneMayHaveBeenKilledSoItClaimsNoHealth() {
    observe(6, NONE, unshare("D"));

    assertThat(outcomes(11, NONE)).containsExactly(CommandOutcome.FAILED);
  }

  @Test
  void fastUnshareIsNoEvidence() {
    observe(1, NONE, unshare("R"));

    assertThat(outcomes(6, NONE)).isEmpty();
  }
}
