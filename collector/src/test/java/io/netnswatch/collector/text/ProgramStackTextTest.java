package io.netnswatch.collector.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgramStackTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Thread 3 (LWP 40214 \"runc:[1:CHILD]\"): | runc:[1:CHILD] (pid 40214)",
        "Thread 3 (Thread 0x7f2b7affd700 (LWP 40214)): | a thread (pid 40214)",
        "TID 40214: | a thread (pid 40214)"
      })
  void aThreadInUnshareIsNamed(String head, String who) {
    Found found =
        Found.in(
            head.strip()
                + "\n#0  0x00007f5b0c0e5b1b in unshare () from /lib/libc.so.6\n"
                + "#1  0x000055d0c2a0e7ad in nsexec () at nsexec.c:1049\n");

    assertThat(found.suspicions).hasSize(1);
    assertThat(found.suspicions.get(0)).startsWith(who + " is in unshare (called by nsexec): ");
  }

  @Test
  void othersAreOfNoInterest() {
    Found found =
        Found.in(
            """
            TID 7:
            #0  0x00007f1c1f4f3b1b __poll
            #1  0x00007f1c1f4f3b1b unshare_later
            TID 8:
            #0  0x00007f1c1f4f3b1b read
            #1  0x00007f1c1f4f3b1b a
            #2  0x00007f1c1f4f3b1b b
            #3  0x00007f1c1f4f3b1b unshare
            """);

    assertThat(found.suspicions).isEmpty();
    assertThat(found.tasks).isEmpty();
    assertThat(found.recognised).containsExactly(Format.PROGRAM_STACK);
  }
}
