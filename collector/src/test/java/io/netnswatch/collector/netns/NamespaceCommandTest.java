package io.netnswatch.collector.netns;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.schema.NetnsCommand;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamespaceCommandTest {

  private static @Nullable NamespaceCommand parse(String line) {
    return NamespaceCommand.parse(List.of(line.split(" ", -1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ip netns add blue",
        "/usr/sbin/ip netns add blue",
        "ip -n red netns add blue",
        "ip --netns red net a blue",
        "ip -family inet -4 -o netns add blue"
      })
  void additions(String line) {
    assertThat(parse(line))
        .isEqualTo(new NamespaceCommand(NetnsCommand.ADD, "blue", "netns add blue"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ip netns delete blue", "ip netns del blue", "ip netns d blue"})
  void deletions(String line) {
    assertThat(parse(line))
        .isEqualTo(new NamespaceCommand(NetnsCommand.DELETE, "blue", "netns delete blue"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ip netns", "ip netns list", "ip netns l", "ip netns show", "ip -d netns"})
  void lists(String line) {
    assertThat(parse(line)).isEqualTo(new NamespaceCommand(NetnsCommand.LIST, null, "netns list"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unshare -n true",
        "unshare -fn true",
        "unshare --net true",
        "unshare --net=/run/netns/x true",
        "unshare -S 0 -n true",
        "unshare --propagation slave --net true",
        "/usr/bin/unshare -R/mnt -n true"
      })
  void unsharing(String line) {
    assertThat(parse(line))
        .isEqualTo(new NamespaceCommand(NetnsCommand.ADD, null, "unshare --net"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unshare -m true",
        "unshare -R/mnt/new true",
        "unshare -w /net true",
        "unshare -m -- prog -n",
        "unshare -m prog --net",
        "unshare",
        "ip link add veth0 type veth",
        "ip -n netns link",
        "ip ne show",
        "ip netns identify 5",
        "ip",
        "sh -c ip"
      })
  void others(String line) {
    assertThat(parse(line)).isNull();
  }

  @Test
  void nothingOfTheProgramThatIsExecutedIsKept() {
    assertThat(parse("ip netns exec blue mysql --password=secret"))
        .isEqualTo(new NamespaceCommand(null, "blue", "netns exec blue"));
    assertThat(parse("unshare -n mysql --password=secret"))
        .satisfies(command -> assertThat(command.toString()).doesNotContain("secret"));
  }

  @Test
  void longNameIsCut() {
    assertThat(parse("ip netns add " + "x".repeat(500)))
        .satisfies(command -> assertThat(command.arguments()).hasSizeLessThanOrEqualTo(128));
  }

  @Test
  void cmdlineOfTheKernelEndsEachArgumentWithNul() {
    assertThat(NamespaceCommand.parseCmdline("ip\0netns\0add\0blue\0"))
        .isEqualTo(new NamespaceCommand(NetnsCommand.ADD, "blue", "netns add blue"));
    assertThat(NamespaceCommand.parseCmdline("")).isNull();
  }
}
