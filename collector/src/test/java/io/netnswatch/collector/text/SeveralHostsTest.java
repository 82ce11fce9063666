package io.netnswatch.collector.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netnswatch.collector.DiagnoseRunner;
import io.netnswatch.collector.DiagnoseRunner.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Evidence of several hosts is judged host by host, that of one by all its names as of one. */
class SeveralHostsTest {

  private static final Path CASES = Path.of("src", "test", "resources", "texts", "cases");
  private static final Pattern KERNEL_TIME = Pattern.compile("^\\[ *([\\d.]+)\\] ?(.*)$");
  private static final String BLOCKED = "netns-creation-blocked";
  private static final String UNAME =
      "Linux %s 5.15.0-91-generic #101-Ubuntu SMP Tue Nov 14 13:30:08 UTC 2023 x86_64 GNU/Linux\n";

  private static final String HEALTHY =
      """
      [    0.000000] Linux version 6.1.0-22-amd64 (debian@x) (gcc-12) #1 SMP Debian 6.1.94-1
      [    2.100000] systemd[1]: Set hostname to <%s>.
      [    9.100000] docker0: port 1(veth1) entered forwarding state
      """;

  @TempDir private Path folder;

  private static List<Matcher> trouble() throws IOException {
    return Files.readAllLines(CASES.resolve("32-sysrq-w-device-reference.txt")).stream()
        .map(KERNEL_TIME::matcher)
        .filter(Matcher::matches)
        .toList();
  }

  /** The log of a trouble, its lines in a form: %1$s the time, %2$s the message. */
  private static String trouble(String form) throws IOException {
    StringBuilder text = new StringBuilder();
    trouble()
        .forEach(
            line ->
                text.append(String.format(Locale.ROOT, form, line.group(1), line.group(2)))
                    .append('\n'));
    return text.toString();
  }

  private static String dmesg() throws IOException {
    return trouble("[%s] %s");
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private Answer diagnose() {
    return DiagnoseRunner.diagnose(folder.toString());
  }

  /**
   * Each host's verdict: its name and the number of its incidents, in the order that is printed.
   */
  private static List<String> verdicts(Answer answer) {
    return answer
        .words()
        .lines()
        .filter(line -> line.startsWith("{\"type\":\"verdict\""))
        .map(SeveralHostsTest::json)
        .map(verdict -> verdict.path("host").asText("-") + " " + verdict.get("incidents"))
        .toList();
  }

  private static JsonNode json(String line) {
    try {
      return new JsonMapper().readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "node1.dmesg, node2.dmesg, node1, node2",
    "dmesg-ip-10-0-1-2.txt, dmesg-ip-10-0-1-3.txt, ip-10-0-1-2, ip-10-0-1-3",
    "mg/nodes/alpha.ec2.internal/dmesg, mg/nodes/beta.ec2.internal/dmesg, alpha, beta",
    "sosreport-alpha-2024-03-07-abcdefg/sos_commands/kernel/dmesg,"
        + " sosreport-beta-2024-03-07-hijklmn/sos_commands/kernel/dmesg, alpha, beta",
    "scc_alpha_240307_1012/boot.txt, scc_beta_240307_1013/boot.txt, alpha, beta",
    "10.0.0.12-2024-03-07-10:12:33/vmcore-dmesg.txt, 10.0.0.13-2024-03-07-10:12:33/vmcore-dmesg.txt,"
        + " 10.0.0.12, 10.0.0.13",
    "web1.example.org/dmesg, web2.example.org/dmesg, web1, web2"
  })
  void hostsAreToldByWhereTheirTextsLie(String sick, String well, String first, String second)
      throws IOException {
    write(sick, dmesg());
    write(well, HEALTHY.formatted(second));

    Answer answer = diagnose();

    assertThat(verdicts(answer)).as(answer.words()).containsExactly(first + " 1", second + " 0");
    assertThat(answer.exitCode()).isEqualTo(3);
    assertThat(answer.words())
        .contains(
            "2 hosts, each judged by itself", "=== " + first + " ===", second + ": no verdict");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Mar  7 10:12:33 %3$s kernel: [%1$s] %2$s",
        "2024-03-07T10:12:33.123456+0100 %3$s.example.org kernel: %2$s",
        "Thu 2024-03-07 10:12:33 CET %3$s kernel[n/a]: %2$s",
        "<6>1 2024-03-07T10:12:33.123456+00:00 %3$s kernel - - - [%1$s] %2$s",
        "2024-03-07T10:12:33Z {job=\"kmsg\", node=\"%3$s\"} [%1$s] %2$s",
        "%3$s: [%1$s] %2$s",
        "{\"_HOSTNAME\":\"%3$s\",\"_TRANSPORT\":\"kernel\",\"MESSAGE\":\"%2$s\"}",
        "__CURSOR=s=1\n_TRANSPORT=kernel\n_HOSTNAME=%3$s\nMESSAGE=%2$s\n"
      })
  void linesOfManyHostsMayBeMixed(String form) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Matcher line : trouble()) {
      for (String host : List.of("node1", "node2")) {
        String message = host.equals("node1") ? line.group(2) : "docker0: port 1(veth1) is up";
        text.append(String.format(Locale.ROOT, form, line.group(1), message, host)).append('\n');
      }
    }
    write("merged.log", text.toString());

    Answer answer = diagnose();

    assertThat(answer.kinds()).as(answer.words()).containsExactly(BLOCKED);
    assertThat(answer.words())
        .contains("namespace creation blocked on node1", "kworker/u4:6", "runc:[1:CHILD]");
  }

  /** The same trouble of two at once is two incidents, with the tasks of each. */
  @Test
  void mixedTracesAreNotOneTrace() throws IOException {
    StringBuilder text = new StringBuilder();
    for (Matcher line : trouble()) {
      for (String host : List.of("node1", "node2")) {
        text.append("Mar  7 10:12:33 " + host + " kernel: [" + line.group(1) + "] ")
            .append(line.group(2))
            .append('\n');
      }
    }
    write("merged.log", text.toString());

    Answer answer = diagnose();

    assertThat(verdicts(answer)).containsExactly("node1 1", "node2 1");
    assertThat(answer.kinds()).containsExactly(BLOCKED, BLOCKED);
  }

  @Test
  void aPasteOfALoopOverHostsIsOfEach() throws IOException {
    write(
        "paste.txt",
        "== node1\n"
            + UNAME.formatted("node1")
            + dmesg()
            + "== node2\n"
            + UNAME.formatted("node2")
            + HEALTHY.formatted("node2"));

    assertThat(verdicts(diagnose())).containsExactly("node1 1", "node2 0");
  }

  /** Tools that ask many hosts; %1$s is one's name, %2$s what it answered. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "'%1$s | CHANGED | rc=0 >>\n%2$s' ! alpha ! beta",
        "'ok: [%1$s] => {\n    \"out.stdout_lines\": [\n%2$s' ! alpha ! beta",
        "'----------------\n%1$s\n----------------\n%2$s' ! alpha ! beta",
        "'---------------\n%1$s (1)\n---------------\n%2$s' ! alpha ! node[4-6,9]",
        "'===== %1$s =====\n%2$s' ! compute1 ! compute2",
        "'### host: %1$s\n%2$s' ! compute1 ! compute2",
        "'[root@%1$s ~]# dmesg\n%2$s' ! compute1 ! compute2"
      })
  void whatStandsBelowAHeadingIsOfItsHost(String form, String sick, String well)
      throws IOException {
    String heading = form.replace("\\n", "\n");
    write(
        "answers.txt",
        String.format(Locale.ROOT, heading, sick, dmesg())
            + String.format(Locale.ROOT, heading, well, HEALTHY.formatted("localhost")));

    Answer answer = diagnose();

    assertThat(verdicts(answer)).as(answer.words()).containsExactly(sick + " 1", well + " 0");
  }

  @Test
  void whatSaltIndentsIsOfTheHostAbove() throws IOException {
    write(
        "answers.txt",
        "compute1:\n" + dmesg().indent(4) + "compute2:\n" + HEALTHY.formatted("-").indent(4));
    write("stack.yaml", "services:\n  web1:\n    image: nginx\n  web2:\n    image: nginx\n");

    assertThat(verdicts(diagnose())).containsExactly("compute1 1", "compute2 0");
  }

  @Test
  void aLoggersNameBelowAHeadingIsOfThatHost() throws IOException {
    write(
        "answers.txt",
        "alpha | CHANGED | rc=0 >>\n"
            + trouble("Mar  7 10:12:33 ip-10-0-0-1 kernel: [%s] %s")
            + "beta | CHANGED | rc=0 >>\n"
            + trouble("Mar  7 10:12:33 ip-10-0-0-2 kernel: [%s] %s"));

    assertThat(verdicts(diagnose())).containsExactly("alpha 1", "beta 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "== dmesg ==\n",
        "==> kern.log.1 <==\n",
        "---------------\ndmesg\n---------------\n",
        "Output:\n",
        "### step2\n"
      })
  void otherHeadingsNameNoHost(String heading) throws IOException {
    write("paste.txt", heading + dmesg() + heading + dmesg());

    assertThat(verdicts(diagnose())).containsExactly("- 1");
  }

  /** What has no name is of the host whose texts lie around it. */
  @Test
  void textsWithoutANameAreOfTheHostAroundThem() throws IOException {
    write("a/uname.txt", UNAME.formatted("alpha"));
    write("a/dmesg", dmesg());
    write("b/uname.txt", UNAME.formatted("beta"));
    write("b/dmesg", HEALTHY.formatted("localhost"));

    Answer answer = diagnose();

    assertThat(verdicts(answer)).as(answer.words()).containsExactly("alpha 1", "beta 0");
    assertThat(answer.words()).contains("\"kernel_release\":\"5.15.0-91-generic\"");
  }

  @Test
  void oneHostWithSeveralNamesIsOne() throws IOException {
    write("kern.log", trouble("Mar  7 10:12:33 node7 kernel: [%s] %s"));
    write("messages", trouble("Mar  7 10:12:33 Node7.example.org kernel: [%s] %s"));
    write("uname.txt", UNAME.formatted("node7.example.org"));
    write("in-a-container/uname.txt", UNAME.formatted("web-7d4b9c6f5-x2x4z"));
    write("ps.txt", "  PID STAT WCHAN    COMMAND\n    1 Ss   ep_poll  systemd\n");

    Answer answer = diagnose();

    assertThat(verdicts(answer)).as(answer.words()).containsExactly("- 1");
    assertThat(answer.words()).doesNotContain("several hosts", "\"type\":\"verdict\",\"host\"");
  }

  @ParameterizedTest
  @CsvSource({
    "dmesg-before.txt, dmesg-after.txt",
    "dmesg.1, dmesg.2",
    "proc/137/stack, proc/2909/stack",
    "boot1.log, boot2.log"
  })
  void namesOfFilesOfOneHostAreNoHosts(String one, String other) throws IOException {
    write(one, dmesg());
    write(other, dmesg());

    assertThat(verdicts(diagnose())).containsExactly("- 1");
  }

  /** The clock of the boot goes on under the new name. */
  @Test
  void aHostThatIsRenamedIsOne() throws IOException {
    String log = trouble("Mar  7 10:12:33 ubuntu kernel: [%s] %s");
    int middle = log.indexOf('\n', log.length() / 2) + 1;
    write("kern.log", log.substring(0, middle) + log.substring(middle).replace("ubuntu", "node7"));

    assertThat(verdicts(diagnose())).containsExactly("- 1");
  }

  @Test
  void inDoubtItIsOneHostAndThatIsSaid() throws IOException {
    String log = trouble("2024-03-07T10:12:33Z alpha kernel: %2$s");
    int middle = log.indexOf('\n', log.length() / 2) + 1;
    write("kern.log", log.substring(0, middle) + log.substring(middle).replace("alpha", "omega"));

    Answer answer = diagnose();

    assertThat(verdicts(answer)).containsExactly("- 1");
    assertThat(answer.words()).contains("may be of several hosts (alpha, omega)");
  }

  @Test
  void whoeverNamesTheHostSaysThatThereIsOne() throws IOException {
    write("node1.dmesg", dmesg());
    write("node2.dmesg", HEALTHY.formatted("node2"));

    Answer answer = DiagnoseRunner.diagnose(folder.toString(), "--host", "node9");

    assertThat(verdicts(answer)).containsExactly("- 1");
    assertThat(answer.words()).contains("blocked on node9");
  }

  @Test
  void bundlesInAFolderAreEachOfItsHost() throws IOException {
    Path bundle = Path.of("..", "testing", "recordings", "livelock.tar.gz");
    Files.copy(bundle, folder.resolve("a.tar.gz"));
    write("node2.log", trouble("Mar  7 10:12:33 node2 kernel: [%s] %s"));
    write("node3.log", trouble("Mar  7 10:12:33 node3 kernel: [%s] %s"));

    Answer answer = diagnose();

    assertThat(answer.kinds()).containsExactly("netns-cleanup-livelock", BLOCKED, BLOCKED);
    assertThat(verdicts(answer)).hasSize(3).endsWith("node2 1", "node3 1");
  }
}
