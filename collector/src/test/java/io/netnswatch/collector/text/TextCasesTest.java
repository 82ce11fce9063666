package io.netnswatch.collector.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netnswatch.collector.DiagnoseRunner;
import io.netnswatch.collector.DiagnoseRunner.Answer;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts as people have them, each judged right: {@code texts/SOURCE.txt} says where they are from.
 */
class TextCasesTest {

  private static final Path TEXTS = Path.of("src", "test", "resources", "texts");
  private static final Path CASES = TEXTS.resolve("cases");
  private static final Path LIVELOCK = TEXTS.resolve("livelock-4.16.13");

  /** What an answer, words and JSON together, must say and must not. */
  record Expected(List<Integer> exit, List<String> must, List<String> must_not) {}

  static Stream<Map.Entry<String, Expected>> cases() throws IOException {
    return expected().entrySet().stream();
  }

  private static Map<String, Expected> expected() throws IOException {
    return new JsonMapper()
        .readValue(
            Files.readString(CASES.resolve("expect.json")),
            new TypeReference<Map<String, Expected>>() {});
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isJudgedRight(Map.Entry<String, Expected> each) {
    Answer answer = DiagnoseRunner.diagnose(CASES.resolve(each.getKey()).toString());

    assertThat(each.getValue().exit()).as(answer.words()).contains(answer.exitCode());
    for (String must : each.getValue().must()) {
      assertThat(answer.words()).containsPattern(Pattern.compile(must, Pattern.CASE_INSENSITIVE));
    }
    for (String mustNot : each.getValue().must_not()) {
      assertThat(answer.words())
          .doesNotContainPattern(Pattern.compile(mustNot, Pattern.CASE_INSENSITIVE));
    }
  }

  /** Each text of the live livelock alone goes as far as it goes. */
  @ParameterizedTest
  @CsvSource({
    "proc-stack.txt, 3, netns-creation-blocked",
    "proc-2909-stack.txt, 3, netns-creation-blocked",
    "sysrq-w.txt, 3, netns-creation-blocked",
    "ps-eo-wchan.txt, 3, netns-creation-blocked",
    "sockstat6-frag.txt, 3, netns-fragment-imbalance",
    "system.txt, 4, affected by netns-cleanup-livelock",
    "dmesg-before-sysrq.txt, 4, affected by netns-cleanup-livelock",
    "proc-137-stack-1.txt, 4, a livelock is not excluded",
    "ip-netns-list.txt, 2, 'of a form that is known'"
  })
  void eachTextOfTheLivelockAlone(String file, int exitCode, String words) {
    Answer answer = DiagnoseRunner.diagnose(LIVELOCK.resolve(file).toString());

    assertThat(answer.exitCode()).as(answer.words()).isEqualTo(exitCode);
    assertThat(answer.words()).contains(words);
  }

  @Test
  void allTextsOfTheLivelockTogetherAreTheLivelock() {
    Answer answer = DiagnoseRunner.diagnose(LIVELOCK.toString());

    assertThat(answer.exitCode()).isEqualTo(3);
    assertThat(answer.words())
        .contains(
            "\"kind\":\"netns-cleanup-livelock\"",
            "\"confidence\":\"CONFIRMED\"",
            "\"kernel_verdict\":\"AFFECTED\"",
            "\"blocked_count\":3",
            "kworker/u4:3")
        .doesNotContain("netns-creation-blocked");
  }

  /** The published investigation's own material. */
  @Test
  void theFirstCaseIsTheLivelockAndSaysWhatIsMissing() {
    Answer answer = DiagnoseRunner.diagnose(TEXTS.resolve("first-case").toString());

    assertThat(answer.exitCode()).isEqualTo(3);
    assertThat(answer.words())
        .contains(
            "\"kind\":\"netns-cleanup-livelock\"",
            "\"kernel_verdict\":\"AFFECTED\"",
            "4.17 or later",
            "Missing:",
            "perf record");
  }

  private static final Pattern SPAN =
      Pattern.compile("\"started_at\":\"([^\"]+)\".*?\"ended_at\":\"([^\"]+)\"");

  /** What hung once, while the log goes on for hours, hung for minutes. */
  @Test
  void whatIsLongOverEndedWhenTheNextReportDidNotCome() {
    Answer answer =
        DiagnoseRunner.diagnose(CASES.resolve("559-old-hang-ended-soon.txt").toString());

    Matcher span = SPAN.matcher(answer.words());
    assertThat(span.find()).as(answer.words()).isTrue();
    assertThat(Duration.between(Instant.parse(span.group(1)), Instant.parse(span.group(2))))
        .isBetween(Duration.ofMinutes(2), Duration.ofMinutes(5));
  }

  private static final Pattern KERNEL_TIME = Pattern.compile("^\\[ *([\\d.]+)\\] ?(.*)$");

  /** How loggers, shippers and people hand one and the same log on; %1$s its time, %2$s a line. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "%2$s",
        "<6>[%1$s] %2$s",
        "[%1$s][ T137] %2$s",
        "[%1$s <    0.000010>] %2$s",
        "Mar  7 10:12:33 node7 kernel: [%1$s] %2$s",
        "2024-03-07T10:12:33+0100 node-7.example.org kernel: %2$s",
        "2024-03-07T10:12:33,123456+01:00 %2$s",
        "1709802467.170000 node7 kernel: %2$s",
        "[Thu Mar  7 10:12:33 2024] %2$s",
        "[Do Mär  7 10:12:33 2024] %2$s",
        "[木  3月  7 10:12:33 2024] %2$s",
        "<6>1 2024-03-07T10:12:33.123456+00:00 node7 kernel - - - [%1$s] %2$s",
        "2024 Mar  7 10:12:33.066192 node7 WARNING kernel: [%1$s] %2$s",
        "2024-03-07T10:12:33.123Z\tinfo\tkernel: %2$s",
        "Thu Mar  7 10:12:33 2024 kern.warn kernel: [%1$s] %2$s",
        "{\"_TRANSPORT\":\"kernel\",\"MESSAGE\":\"%2$s\"}",
        "{\"log\":\"[%1$s] %2$s\\n\",\"stream\":\"stdout\"}",
        "{\"insertId\":\"x\",\"jsonPayload\":{\"MESSAGE\":\"%2$s\"},\"severity\":\"INFO\"}",
        "    _TRANSPORT=kernel\n    PRIORITY=6\n    MESSAGE=%2$s",
        "{\n\t\"PRIORITY\" : \"6\",\n\t\"MESSAGE\" : \"%2$s\"\n}",
        ">> [%1$s] %2$s",
        "• [%1$s] %2$s",
        "| [%1$s] %2$s",
        "| [%1$s] %2$s |",
        "`[%1$s] %2$s`",
        "17: [%1$s] %2$s",
        "kern.log-[%1$s] %2$s",
        "\u001b[32m[%1$s] \u001b[0m%2$s\r",
        "<code>[%1$s] %2$s</code><br>",
        "[pod/node-problem-detector-x7k2p/npd] [%1$s] %2$s",
        "[ttyS0] [%1$s] %2$s",
        "2024-03-07T10:12:33.123456789Z stdout F [%1$s] %2$s",
        "2024-03-07T10:12:33Z {job=\"kmsg\", node=\"node7\"} [%1$s] %2$s",
        "2024-03-07 10:12:33.000000000 +0000 kmsg: {\"host\":\"node7\",\"message\":\"[%1$s] %2$s\"}",
        "{\"line\":\"[%1$s] %2$s\",\"timestamp\":\"1709802467170000000\"}",
        "<4>[%1$s]  (0)[48:khungtaskd]%2$s",
        "[%1$s] I[0:     khungtaskd:   48] %2$s",
        "03-07 10:12:33.123     0     0 W         : [%1$s] %2$s",
        "kern  :err   : [%1$s] %2$s",
        "[Mar 7 10:12] %2$s",
        "\"2024-03-07T10:12:33\",\"node7\",\"kern.log\",\"Mar  7 10:12:33 node7 kernel: %2$s\"",
        "        \"[%1$s] %2$s\",",
        "Message from syslogd@node7 at Mar  7 10:12:33 ...\n kernel:%2$s",
        "Mar 7, 2024 @ 10:12:33.123\tnode7\tkernel\t%2$s",
        "[node7] out: [%1$s] %2$s",
        "ts=2024-03-07T10:12:33.123Z level=warn unit=kernel host=node7 msg=\"%2$s\""
      })
  void aLogIsReadHoweverItWasHandedOn(String form, @TempDir Path folder) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String line : Files.readAllLines(CASES.resolve("32-sysrq-w-device-reference.txt"))) {
      Matcher kernel = KERNEL_TIME.matcher(line);
      if (kernel.matches()) {
        text.append(String.format(Locale.ROOT, form, kernel.group(1), kernel.group(2)))
            .append('\n');
      }
    }
    Path log = folder.resolve("log.txt");
    Files.writeString(log, text);

    Answer answer = DiagnoseRunner.diagnose(log.toString());

    assertThat(answer.kinds()).as(answer.words()).containsExactly("netns-creation-blocked");
    assertThat(answer.words()).contains("device-reference-leak", "kworker/u4:6", "runc:[1:CHILD]");
  }

  /** What people, pages and tools do to the lines themselves. */
  static Stream<UnaryOperator<String>> changes() {
    String frame = "(?<=\\] {1,2})(?=(\\? )?[a-z_]\\w*\\+0x)";
    return Stream.of(
        text -> text.replaceAll(frame, "[<0>] "),
        text -> text.replaceAll(frame, "[<ffffffff81234567>] "),
        text -> text.replaceAll("\\+0x[0-9a-f]+/0x[0-9a-f]+", ""),
        text -> text.replaceAll("/0x[0-9a-f]+", ""),
        text -> text.replaceAll("(?<=\\] {1,2})(?=[a-z_]\\w*\\+0x)", "? "),
        text -> text.replace("<", "&amp;lt;").replace(">", "&amp;gt;"),
        TextCasesTest::backwards,
        text -> text.replaceAll("[\\[\\]_*#<>]", "\\\\$0"),
        text -> text.replace(' ', '\u00a0'),
        text -> text.replace('\n', '\r'));
  }

  private static String backwards(String text) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    Collections.reverse(lines);
    return String.join("\n", lines);
  }

  @ParameterizedTest
  @MethodSource("changes")
  void aTraceIsReadHoweverItsLinesAreChanged(UnaryOperator<String> change, @TempDir Path folder)
      throws IOException {
    String text = Files.readString(CASES.resolve("32-sysrq-w-device-reference.txt"));
    Path log = folder.resolve("log.txt");
    Files.writeString(log, change.apply(text));

    Answer answer = DiagnoseRunner.diagnose(log.toString());

    assertThat(answer.kinds()).as(answer.words()).containsExactly("netns-creation-blocked");
    assertThat(answer.words()).contains("default_device_exit_batch", "kworker/u4:6");
  }

  /** What stores of logs answer: %1$s is a time of its kind, %2$s a line. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "'{\"hits\":{\"hits\":[%s]}}' ! '{\"_id\":\"a\",\"_source\":{\"@timestamp\":\"2024-03-07T10:12:33.%1$sZ\",\"host\":{\"name\":\"n7\"},\"message\":\"%2$s\"}}'",
        "'{\"data\":{\"result\":[{\"stream\":{\"host\":\"n7\"},\"values\":[%s]}]}}' ! '[\"1709802753%1$s000000\",\"%2$s\"]'",
        "'{\"events\":[%s]}' ! '{\"timestamp\":1709802753%1$s,\"message\":\"%2$s\",\"ingestionTime\":1709802753999}'",
        "'[%s]' ! '{\"line\":\"%2$s\",\"timestamp\":\"1709802753%1$s000000\",\"fields\":{\"host\":\"n7\"}}'",
        "'[%s]' ! '{\"insertId\":\"a\",\"jsonPayload\":{\"message\":\"%2$s\"},\"timestamp\":\"2024-03-07T10:12:33.%1$sZ\"}'",
        "'{\"resourceLogs\":[{\"resource\":{\"attributes\":[]},\"scopeLogs\":[{\"logRecords\":[%s]}]}]}' ! '{\"timeUnixNano\":\"1709802753%1$s000000\",\"body\":{\"stringValue\":\"%2$s\"}}'",
        "'{\"tables\":[{\"columns\":[{\"name\":\"TimeGenerated\"},{\"name\":\"Computer\"},{\"name\":\"SyslogMessage\"}],\"rows\":[%s]}]}' ! '[\"2024-03-07T10:12:33.%1$sZ\",\"n7\",\"%2$s\"]'",
        "'[%s]' ! '{\"preview\":false,\"result\":{\"_time\":\"2024-03-07T10:12:33.%1$sZ\",\"host\":\"n7\",\"_raw\":\"%2$s\"}}'"
      })
  void aLogIsReadAsAStoreOfLogsAnswers(String answerForm, String form, @TempDir Path folder)
      throws IOException {
    List<String> records = new ArrayList<>();
    for (String line : Files.readAllLines(CASES.resolve("32-sysrq-w-device-reference.txt"))) {
      Matcher kernel = KERNEL_TIME.matcher(line);
      if (kernel.matches()) {
        String number = String.format(Locale.ROOT, "%03d", 100 + records.size());
        records.add(String.format(Locale.ROOT, form, number, kernel.group(2)));
      }
    }
    Collections.reverse(records);
    String value = String.format(Locale.ROOT, answerForm, String.join(",", records));
    Path log = folder.resolve("log.json");

    for (String text : List.of(value, new JsonMapper().readTree(value).toPrettyString())) {
      Files.writeString(log, text);

      Answer answer = DiagnoseRunner.diagnose(log.toString());

      assertThat(answer.kinds()).as(answer.words()).containsExactly("netns-creation-blocked");
      assertThat(answer.words()).contains("device-reference-leak", "newest first");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "ISO-8859-1"})
  void aLogIsReadInWhateverEncoding(String charset, @TempDir Path folder) throws IOException {
    Path log = folder.resolve("log.txt");
    Files.writeString(
        log,
        "Rechner h\u00e4ngt\r\n"
            + Files.readString(CASES.resolve("32-sysrq-w-device-reference.txt")),
        Charset.forName(charset));

    assertThat(DiagnoseRunner.diagnose(log.toString()).kinds())
        .containsExactly("netns-creation-blocked");
  }

  @Test
  void quotedColouredAndWithWindowsLinesItIsTheSame(@TempDir Path folder) throws IOException {
    String text = Files.readString(LIVELOCK.resolve("sysrq-w.txt"));
    Path changed = folder.resolve("mail.txt");
    Files.writeString(
        changed,
        "Hello,\r\n```\r\n"
            + text.lines()
                .map(line -> "> \u001b[33m" + line.replace("<", "&lt;") + "\u001b[0m\r\n")
                .reduce("", String::concat)
            + "```\r\n");

    assertThat(DiagnoseRunner.diagnose(changed.toString()).kinds())
        .isEqualTo(DiagnoseRunner.diagnose(LIVELOCK.resolve("sysrq-w.txt").toString()).kinds())
        .isNotEmpty();
  }
}
