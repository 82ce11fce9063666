package io.netnswatch.collector.netns;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.schema.NetnsCommand;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamespaceCommandTest {

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "ip netns add blue, ADD, blue, netns add blue",
        "/usr/sbin/ip netns a blue, ADD, blue, netns add blue",
        "ip -n red netns add blue, ADD, blue, netns add blue",
        "ip -4 netns del blue, DELETE, blue, netns delete blue",
        "ip netns, LIST, -, netns list",
        "ip netns list, LIST, -, netns list",
        "ip netns exec blue mysql --password=hunter2, -, blue, netns exec blue",
        "unshare -n true, ADD, -, unshare --net",
        "unshare -rn secret, ADD, -, unshare --net",
        "unshare --net=/x secret, ADD, -, unshare --net",
      })
  void readsNamespaceCommands(
      String line, @Nullable NetnsCommand command, @Nullable String name, @Nullable String kept) {
    NamespaceCommand parsed = parse(line);

    if (kept == null) {
      assertThat(parsed).isNull();
    } else {
      assertThat(parsed).isEqualTo(new NamespaceCommand(command, name, kept));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ip link add x",
        "ip",
        "unshare -m secret -n",
        "mysql netns add",
        "sh -c ip netns add x"
      })
  void otherCommandsAreNotKept(String line) {
    assertThat(parse(line)).isNull();
  }

  @Test
  void nameIsLimited() {
    NamespaceCommand parsed = parse("ip netns add " + "x".repeat(10_000));

    assertThat(parsed).satisfies(command -> assertThat(command.arguments()).hasSizeLessThan(128));
  }

  @Test
  void commandLineEndsWithNul() {
    assertThat(NamespaceCommand.parseCmdline("ip\0netns\0add\0blue\0"))
        .isEqualTo(new NamespaceCommand(NetnsCommand.ADD, "blue", "netns add blue"));
    assertThat(NamespaceCommand.parseCmdline("")).isNull();
  }

  private static @Nullable NamespaceCommand parse(String line) {
    return NamespaceCommand.parse(Arrays.asList(line.split(" ", -1)));
  }
}
