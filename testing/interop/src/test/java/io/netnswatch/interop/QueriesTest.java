package io.netnswatch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.interop.ksqldb.KsqlDb;
import io.netnswatch.interop.ksqldb.KsqlDb.Script;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be checked of the queries without an engine. */
class QueriesTest {

  static Stream<String> questions() {
    return Queries.names(Queries.KSQLDB).stream().filter(name -> !name.equals(Queries.TABLES));
  }

  /** The columns that a question answers with on ksqlDB. */
  static List<String> columnsOnKsqlDb(String question) {
    KsqlDb ksqlDb = withTables();
    ksqlDb.run(Script.QUESTION, Queries.text(question, Queries.KSQLDB));
    List<Set<String>> distinct = ksqlDb.answers().stream().distinct().toList();
    assertThat(distinct).as("all answers of %s have the same columns", question).hasSize(1);
    return List.copyOf(distinct.get(0));
  }

  private static KsqlDb withTables() {
    KsqlDb ksqlDb = new KsqlDb();
    ksqlDb.run(Script.TABLES, Queries.text(Queries.TABLES, Queries.KSQLDB));
    return ksqlDb;
  }

  @Test
  void everyQuestionHasItsCounterpartAndItsLine() throws IOException {
    List<String> names = Queries.names(Queries.KSQLDB);

    assertThat(Queries.names(Queries.FLINK)).isEqualTo(names).contains(Queries.TABLES);
    String readme = Files.readString(Queries.FOLDER.resolve("README.md"));
    assertThat(names).allSatisfy(name -> assertThat(readme).contains("| `" + name + "` |"));
  }

  @ParameterizedTest
  @MethodSource("questions")
  void questionSaysWhatItAnswersAndWhatItCosts(String name) {
    String header = Queries.header(Queries.text(name, Queries.KSQLDB));

    assertThat(header).contains("?", "--   ", "-- Cost: ", "-- Rights: ", "Needs ksqlDB 0.");
    assertThat(header).contains(columnsOnKsqlDb(name));
    assertThat(Queries.header(Queries.text(name, Queries.FLINK))).contains("?", "--   ");
  }

  @Test
  void everyTopicIsAStreamOrATable() {
    KsqlDb ksqlDb = withTables();

    assertThat(ksqlDb.refusals()).isEmpty();
    assertThat(ksqlDb.topics())
        .containsExactlyInAnyOrderElementsOf(Topics.withDefaultPrefix().all());
  }

  @ParameterizedTest
  @MethodSource("questions")
  void questionIsTaken(String name) {
    KsqlDb ksqlDb = withTables();

    ksqlDb.run(Script.QUESTION, Queries.text(name, Queries.KSQLDB));

    assertThat(ksqlDb.refusals()).isEmpty();
    assertThat(ksqlDb.answers()).isNotEmpty();
  }

  @Test
  void everyTableIsAskedByAQuestionOrReadByAnother() {
    KsqlDb ksqlDb = withTables();
    String asked =
        String.join("\n", questions().map(name -> Queries.text(name, Queries.KSQLDB)).toList());
    String tables = Queries.text(Queries.TABLES, Queries.KSQLDB);

    for (String name : ksqlDb.names()) {
      assertThat(asked + tables).containsPattern("(?i)(FROM|JOIN) " + name + "\\b");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/queries/README.md", "schemas/README.md"})
  void statementsOfThePagesAreTaken(String page) throws IOException {
    List<String> blocks =
        Pattern.compile("(?s)\n```sql\n(.*?)\n```")
            .matcher(Files.readString(Path.of("..", "..").resolve(page)))
            .results()
            .map(block -> block.group(1))
            .toList();

    assertThat(blocks).isNotEmpty();
    for (String block : blocks) {
      KsqlDb ksqlDb = block.contains("KAFKA_TOPIC") ? new KsqlDb() : withTables();
      ksqlDb.run(Script.AD_HOC, block);
      assertThat(ksqlDb.refusals()).as(block).isEmpty();
    }
  }

  @Test
  void questionsThatTheConsoleOffersAreTaken() throws IOException {
    Path page = Path.of("../../console/src/main/resources/io/netnswatch/console/host.js");
    KsqlDb ksqlDb = withTables();

    Pattern.compile("`(SELECT [^`]*)`")
        .matcher(Files.readString(page))
        .results()
        .forEach(
            it ->
                ksqlDb.run(Script.QUESTION, it.group(1).replaceAll("\\$\\{sql\\(\\w+\\)}", "'a'")));

    assertThat(ksqlDb.refusals()).isEmpty();
    assertThat(Files.readString(page)).contains("`SELECT ");
  }

  @Test
  void flinkTablesAreMadeAfterTheSchemas() throws IOException {
    if (Boolean.getBoolean("netnswatch.rewrite")) {
      Files.writeString(
          Queries.FOLDER.resolve(Queries.TABLES + Queries.FLINK), FlinkTables.script());
    }

    assertThat(Queries.text(Queries.TABLES, Queries.FLINK))
        .as("docs/queries/tables.flink.sql; -Dnetnswatch.rewrite=true writes it")
        .isEqualTo(FlinkTables.script());
  }
}
