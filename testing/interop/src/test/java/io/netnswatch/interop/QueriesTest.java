package io.netnswatch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What can be checked of the queries without an engine. */
class QueriesTest {

  static Stream<String> ksqlDbQueries() {
    return Queries.names(Queries.KSQLDB).stream().filter(name -> !name.equals(Queries.TOPICS));
  }

  @Test
  void everyQueryHasItsCounterpartAndItsLine() throws IOException {
    List<String> names = Queries.names(Queries.KSQLDB);

    assertThat(Queries.names(Queries.FLINK)).isEqualTo(names).contains(Queries.TOPICS);
    String readme = Files.readString(Queries.FOLDER.resolve("README.md"));
    assertThat(names).allSatisfy(name -> assertThat(readme).contains("| `" + name + "` |"));
  }

  @ParameterizedTest
  @MethodSource("ksqlDbQueries")
  void queryBeginsWithTheQuestionItAnswers(String name) {
    for (String engine : List.of(Queries.KSQLDB, Queries.FLINK)) {
      String header = Queries.header(Queries.text(name, engine));

      assertThat(header.lines().findFirst().orElse("")).as(name + engine).contains("?");
      assertThat(header).as(name + engine).contains("--   ");
    }
  }

  @Test
  void everyTopicIsAStreamOrATable() {
    KsqlDbScript script = new KsqlDbScript();

    script.add(Queries.text(Queries.TOPICS, Queries.KSQLDB));

    assertThat(script.violations()).isEmpty();
    assertThat(script.topics())
        .containsExactlyInAnyOrderElementsOf(Topics.withDefaultPrefix().all());
  }

  @ParameterizedTest
  @MethodSource("ksqlDbQueries")
  void everyNameInAQueryExists(String name) {
    KsqlDbScript script = new KsqlDbScript();

    script.add(Queries.text(Queries.TOPICS, Queries.KSQLDB));
    script.add(Queries.text(name, Queries.KSQLDB));

    assertThat(script.violations()).isEmpty();
  }

  @Test
  void queriesCanBeRunSideBySide() {
    KsqlDbScript script = new KsqlDbScript();

    script.add(Queries.text(Queries.TOPICS, Queries.KSQLDB));
    ksqlDbQueries().forEach(name -> script.add(Queries.text(name, Queries.KSQLDB)));

    assertThat(script.violations()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          SELECT hots FROM perf_samples                                    | HOTS: no such column
          SELECT host FROM perf_sample                                     | PERF_SAMPLE: no such stream or table
          SELECT hot_symbol->cpu FROM incidents                            | ->CPU: no such field
          SELECT host->name FROM incidents                                 | ->NAME: no such field
          SELECT symbols[1]->name FROM perf_samples                        | ->NAME: no such field
          SELECT EXPLODE(host) AS entry FROM perf_samples                  | not a list: {"type":"string","avro.java.string":"String"}
          SELECT host FROM incidents WHERE state = 'OPEN'                  | STATE: no such column
          SELECT MEDIAN(latency_ms) AS middle FROM netns_latencies         | MEDIAN: no such function
          SELECT host, ROWTIME AS at FROM incidents                        | AT: reserved word
          SELECT i.title, n.title FROM incidents i LEFT JOIN netns_latencies n ON i.host = n.host | TITLE: no such column
          CREATE TABLE incidents AS SELECT host FROM incident_steps        | INCIDENTS: created twice
          INSERT INTO perf_samples SELECT host FROM netns_latencies        | INSERT INTO PERF_SAMPLES: other columns
          SHOW TABLES                                                      | what is SHOW TABLES
          """)
  void mistakeIsFound(String statement, String violation) {
    KsqlDbScript script = new KsqlDbScript();
    script.add(Queries.text(Queries.TOPICS, Queries.KSQLDB));

    script.add(statement + ";\n");

    assertThat(script.violations()).contains(violation);
  }

  @Test
  void flinkTablesAreMadeAfterTheSchemas() throws IOException {
    if (Boolean.getBoolean("netnswatch.rewrite")) {
      Files.writeString(Queries.FOLDER.resolve("topics.flink.sql"), FlinkTables.script());
    }

    assertThat(Queries.text(Queries.TOPICS, Queries.FLINK)).isEqualTo(FlinkTables.script());
  }
}
