package io.netnswatch.collector.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.collector.text.Findings.Creation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoroutineTextTest {

  private static Found goroutine(String state, String... calls) {
    return Found.in("goroutine 7 [" + state + "]:\n" + String.join("\n", calls) + "\n\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "golang.org/x/sys/unix.Unshare(0x40000000)",
        "syscall.Unshare(0x6c020000)",
        "syscall.Syscall(0x110, 0x40000000, 0x0, 0x0)",
        "golang.org/x/sys/unix.RawSyscall(0x61, 0x40000000, 0x0, 0x0)"
      })
  void whatIsMakingANetworkNamespaceIsACreation(String call) {
    Found found = goroutine("syscall, 12 minutes, locked to thread", call, "main.main()");

    assertThat(found.creations)
        .containsExactly(new Creation(false, 720_000L, null, "goroutine 7", null));
    assertThat(found.used).containsExactly(Format.GOROUTINES);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "syscall, 12 minutes | syscall.Unshare(0x20000)", // of mounts alone
        "syscall | syscall.Unshare(0x40000000)", // for less than a minute
        "chan receive, 12 minutes | main.wait()",
        "syscall, 12 minutes | syscall.Syscall(0x1, 0x40000000, 0x0, 0x0)"
      })
  void othersAreOfNoInterest(String state, String call) {
    Found found = goroutine(state.strip(), call.strip());

    assertThat(found.creations).isEmpty();
    assertThat(found.suspicions).isEmpty();
    assertThat(found.recognised).containsExactly(Format.GOROUTINES);
  }

  @Test
  void whatEntersANamespaceIsSuspicious() {
    Found found = goroutine("syscall, 3 minutes", "golang.org/x/sys/unix.Setns(0x7, 0x40000000)");

    assertThat(found.suspicions).hasSize(1);
    assertThat(found.suspicions.get(0))
        .startsWith("goroutine 7 has been, for 3 minutes, entering a namespace (setns)");
  }

  @ParameterizedTest
  @CsvSource({
    "unix.Sendto, sending a netlink request (netlink.LinkAdd): the kernel handles it meanwhile",
    "unix.Recvfrom, waiting for the answer to a netlink request (netlink.LinkAdd)"
  })
  void whatItAskedTheKernelForIsNamed(String call, String words) {
    Found found =
        goroutine(
            "syscall, 5 minutes",
            "golang.org/x/sys/" + call + "(0x3, 0x0)",
            "github.com/vishvananda/netlink/nl.(*NetlinkSocket).Send(0x0)",
            "github.com/vishvananda/netlink/nl.(*NetlinkRequest).Execute(0x0)",
            "github.com/vishvananda/netlink.LinkAdd(0x0)");

    assertThat(found.suspicions).hasSize(1);
    assertThat(found.suspicions.get(0)).contains(words);
  }

  @Test
  void eachOfManyIsReadByItself() {
    Found found =
        Found.in(
            """
            goroutine 1 [chan receive, 90 minutes]:
            main.main()
            	/src/main.go:7 +0x1
            goroutine 2 [syscall, 2 minutes]:
            syscall.Unshare(0x40000000)
            	/src/exec_linux.go:5 +0x1
            created by main.main

            goroutine 3 [running]:
            main.other()
            """);

    assertThat(found.creations).extracting(Creation::comm).containsExactly("goroutine 2");
  }
}
