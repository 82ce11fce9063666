package io.netnswatch.collector.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netnswatch.collector.DiagnoseRunner;
import io.netnswatch.collector.DiagnoseRunner.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hosts of public reports as bundles: {@code fieldreports/SOURCE.txt} says where they are from. */
class FieldReportsTest {

  private static final Path REPORTS = Path.of("src", "test", "resources", "fieldreports");

  /** What an answer, words and JSON together, must say and must not. */
  record Expected(List<Integer> exit, List<String> must, List<String> must_not) {}

  static Stream<Map.Entry<String, Expected>> reports() throws IOException {
    return new JsonMapper()
            .readValue(
                Files.readString(REPORTS.resolve("expect.json")),
                new TypeReference<Map<String, Expected>>() {})
            .entrySet()
            .stream();
  }

  @ParameterizedTest
  @MethodSource("reports")
  void isJudgedRight(Map.Entry<String, Expected> each, @TempDir Path folder) throws IOException {
    Path bundle = folder.resolve("bundle.tar.gz");
    ReportedHost.read(REPORTS.resolve(each.getKey() + ".txt")).writeBundle(bundle);

    Answer answer = DiagnoseRunner.diagnose("--bundle", bundle.toString());

    assertThat(answer.exitCode()).as(answer.words()).isIn(each.getValue().exit());
    for (String must : each.getValue().must()) {
      assertThat(answer.words()).containsPattern(Pattern.compile(must));
    }
    for (String mustNot : each.getValue().must_not()) {
      assertThat(answer.words()).doesNotContainPattern(Pattern.compile(mustNot));
    }
  }
}
