package io.netnswatch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.interop.ksqldb.KsqlDb;
import io.netnswatch.interop.ksqldb.KsqlDb.Script;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
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
    assertThat(names.stream().filter(name -> !readme.contains("| `" + name + "` |")))
        .as("queries without a row in docs/queries/README.md")
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("questions")
  void questionSaysWhatItAnswersAndWhatItCosts(String name) {
    String header = Queries.header(Queries.text(name, Queries.KSQLDB));

    assertThat(header)
        .as("head of docs/queries/%s%s", name, Queries.KSQLDB)
        .contains("?", "--   ", "-- Cost: ", "-- Rights: ", "Needs ksqlDB 0.")
        .contains(columnsOnKsqlDb(name));
    assertThat(Queries.header(Queries.text(name, Queries.FLINK)))
        .as("head of docs/queries/%s%s", name, Queries.FLINK)
        .contains("?", "--   ");
  }

  @Test
  void everyTopicIsAStreamOrATable() {
    KsqlDb ksqlDb = withTables();

    assertThat(ksqlDb.refusals()).isEmpty();
    assertThat(ksqlDb.topics())
        .as("topics of docs/queries/tables.ksqldb.sql")
        .containsExactlyInAnyOrderElementsOf(Topics.withDefaultPrefix().all());
    assertThat(FlinkTables.AVRO_TABLES)
        .as("FlinkTables.AVRO_TABLES")
        .extracting(FlinkTables.AvroTable::topic)
        .containsExactlyElementsOf(Topics.withDefaultPrefix().avro());
  }

  @ParameterizedTest
  @ValueSource(strings = {Queries.KSQLDB, Queries.FLINK})
  void headOfTheTablesNamesAllThatShowTopics(String engine) {
    String tables = Queries.text(Queries.TABLES, engine);

    assertThat(firstGroups("(?m)^--   (\\w+) ", Queries.header(tables)))
        .as("names in the head of docs/queries/tables%s", engine)
        .containsExactlyInAnyOrderElementsOf(
            firstGroups(
                "(?m)^CREATE (?:SOURCE (?:STREAM|TABLE) IF NOT EXISTS|TABLE(?! IF)|VIEW) (\\w+)",
                tables));
  }

  private static List<String> firstGroups(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(it -> it.group(1).toLowerCase(Locale.ROOT))
        .toList();
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

    Set<String> read = new HashSet<>(firstGroups("(?i)\\b(?:FROM|JOIN) (\\w+)", asked + tables));
    assertThat(
            ksqlDb.names().stream().filter(name -> !read.contains(name.toLowerCase(Locale.ROOT))))
        .as("of docs/queries/tables.ksqldb.sql: asked by no question, read by no other table")
        .isEmpty();
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
    Path tables = Queries.FOLDER.resolve(Queries.TABLES + Queries.FLINK);
    if (Boolean.getBoolean("netnswatch.rewrite")) {
      Files.writeString(tables, FlinkTables.script());
    }

    assertThat(tables)
        .as("docs/queries/tables.flink.sql; -Dnetnswatch.rewrite=true writes it")
        .hasContent(FlinkTables.script());
  }
}
