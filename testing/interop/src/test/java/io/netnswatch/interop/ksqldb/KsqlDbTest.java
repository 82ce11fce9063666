package io.netnswatch.interop.ksqldb;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.interop.ksqldb.KsqlDb.Script;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real server was seen to refuse is refused here, and what it took is taken. */
class KsqlDbTest {

  private static final String TABLES =
      """
      SET 'auto.offset.reset' = 'earliest';
      CREATE SOURCE STREAM IF NOT EXISTS perf_samples (host_key STRING KEY)
        WITH (KAFKA_TOPIC = 'netnswatch.perf-samples', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO');
      CREATE SOURCE STREAM IF NOT EXISTS netns_latencies (host_key STRING KEY)
        WITH (KAFKA_TOPIC = 'netnswatch.netns-latencies', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO');
      CREATE SOURCE TABLE IF NOT EXISTS incidents (incident_id STRING PRIMARY KEY)
        WITH (KAFKA_TOPIC = 'netnswatch.incidents', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO');
      CREATE SOURCE TABLE IF NOT EXISTS hosts_now (host_key STRING PRIMARY KEY)
        WITH (KAFKA_TOPIC = 'netnswatch.proc-snapshots', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO');
      CREATE SOURCE STREAM IF NOT EXISTS dead_letters (record_key STRING KEY, payload BYTES,
        reason BYTES HEADER('netnswatch.reason'))
        WITH (KAFKA_TOPIC = 'netnswatch.dead-letters', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'KAFKA');
      """;

  private static KsqlDb server() {
    KsqlDb server = new KsqlDb();
    server.run(Script.TABLES, TABLES);
    assertThat(server.refusals()).isEmpty();
    return server;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          SELECT hots FROM perf_samples                                      | HOTS: no such column
          SELECT host FROM perf_sample                                       | PERF_SAMPLE: no such stream or table
          SELECT hot_symbol->cpu FROM incidents                              | ->CPU: no such field
          SELECT host->name FROM incidents                                   | ->NAME: no such field
          SELECT symbols[1]->name FROM perf_samples                          | ->NAME: no such field
          SELECT MEDIAN(latency_ms) AS middle FROM netns_latencies           | MEDIAN: no such function
          SELECT host, host FROM incidents                                   | HOST: a column of this name is there already
          SELECT latency_ms / 1000 FROM netns_latencies                      | a column without a name: AS
          SELECT host FROM incidents WHERE replay_run_id IS NULL             | Unsupported expression in WHERE clause of a pull query: IS NULL
          SELECT host FROM incidents WHERE replay_run_id IS NOT NULL         | Unsupported expression in WHERE clause of a pull query: NOT
          SELECT host FROM incidents WHERE no_data                           | Unsupported expression in WHERE clause of a pull query: a bare boolean
          SELECT host FROM incidents WHERE host = 'a' AND (no_data OR title LIKE 'x%') | Unsupported expression in WHERE clause of a pull query: a bare boolean
          SELECT host FROM incidents WHERE NOT host = 'a'                    | Unsupported expression in WHERE clause of a pull query: NOT
          SELECT host FROM incidents WHERE host NOT IN ('a', 'b')            | Unsupported expression in WHERE clause of a pull query: NOT
          SELECT host FROM incidents WHERE ARRAY_CONTAINS(missing, 'perf')   | Unsupported expression in WHERE clause of a pull query: a bare boolean
          SELECT host FROM incidents WHERE cause->known                      | Unsupported expression in WHERE clause of a pull query: a bare boolean
          SELECT host FROM incidents WHERE replay_run_id = NULL              | a comparison with NULL is refused: IS NULL
          SELECT host FROM incidents WHERE host = 1                          | = can't compare STRING with INTEGER
          SELECT host FROM netns_latencies WHERE observed_at > 5             | > can't compare TIMESTAMP with INTEGER
          SELECT host FROM incidents WHERE no_data > false                   | > can't compare BOOLEAN with BOOLEAN
          SELECT i.title FROM incidents i JOIN hosts_now h ON i.host = h.host_key | Pull queries don't support JOIN clauses
          SELECT host FROM incidents GROUP BY host                           | Pull queries don't support GROUP BY clauses
          SELECT host FROM incidents HAVING host = 'a'                       | Pull queries don't support HAVING clauses
          SELECT host FROM netns_latencies PARTITION BY host                 | Pull queries don't support PARTITION BY clauses
          SELECT host FROM netns_latencies WINDOW TUMBLING (SIZE 1 MINUTES)  | Pull queries don't support WINDOW clauses
          SELECT EXPLODE(symbols) AS entry FROM perf_samples                 | EXPLODE: not in a pull query
          SELECT COUNT(*) AS n FROM incidents                                | COUNT: not in a pull query
          SELECT ROWOFFSET FROM netns_latencies                              | Pull queries don't support ROWOFFSET
          SELECT CONCAT('took ', latency_ms) AS words FROM netns_latencies   | CONCAT: does not take [STRING, DOUBLE]
          SELECT ARRAY_JOIN(symbols, ' ') AS words FROM perf_samples         | ARRAY_JOIN: does not take [ARRAY[STRUCT], STRING]
          SELECT CASE WHEN no_data THEN 1 ELSE 'x' END AS y FROM incidents   | CASE: results of types [INTEGER, STRING]
          SELECT REDUCE(symbols, 0, (t, e) => t + e->samples) AS n FROM perf_samples | REDUCE: begins with INTEGER, ends with BIGINT
          SELECT TRANSFORM(symbols, (a, b) => a) AS n FROM perf_samples      | a lambda of 1 arguments
          SELECT host + 1 AS n FROM incidents                                | STRING + INTEGER
          SELECT '${who}' AS n FROM incidents                                | WHO: not defined
          SELECT host FROM incidents EMIT CHANGES                            | EMIT: a push query never ends
          SELECT host, updated_at AS at FROM incidents                       | line 1: AT: reserved word, needs back-ticks as a name
          SELECT host AS properties FROM incidents                           | line 1: PROPERTIES: reserved word, needs back-ticks as a name
          SELECT host FROM incidents ORDER BY host                           | line 1: BY where ksqlDB's grammar has ;
          SELECT DISTINCT host FROM incidents                                | line 1: DISTINCT: reserved word, needs back-ticks as a name
          SELECT host FROM (SELECT host FROM incidents)                      | line 1: ( where ksqlDB's grammar has a name: subqueries are unknown to ksqlDB
          SELECT host FROM incidents WHERE host = (SELECT 'a' FROM incidents) | line 1: SELECT where ksqlDB's grammar has an expression: subqueries are unknown to ksqlDB
          CREATE STREAM x AS SELECT host_key, host FROM perf_samples         | a question that creates or sets
          SHOW TABLES                                                        | line 1: SHOW where ksqlDB's grammar has a statement that creates or asks
          PRINT 'netnswatch.incidents'                                       | line 1: PRINT where ksqlDB's grammar has a statement that creates or asks
          """)
  void questionIsRefused(String question, String refusal) {
    KsqlDb server = server();

    server.run(Script.QUESTION, question + ";");

    assertThat(server.refusals()).first().isEqualTo(refusal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM incidents",
        "SELECT host FROM incidents WHERE incident_id = 'a' LIMIT 3",
        "SELECT host FROM incidents WHERE title LIKE '%hangs%' OR host IN ('a', 'b')",
        "SELECT host FROM netns_latencies WHERE latency_ms BETWEEN 1 AND 2.5",
        "SELECT host FROM netns_latencies WHERE observed_at > '2026-11-25T10:00:00'",
        "SELECT host FROM netns_latencies WHERE ROWTIME > UNIX_TIMESTAMP() - 600000",
        "SELECT host FROM netns_latencies n WHERE n.blocked_at->wchan = 'net_mutex'",
        "SELECT host FROM netns_latencies WHERE"
            + " observed_at > TIMESTAMPSUB(MINUTES, 10, FROM_UNIXTIME(UNIX_TIMESTAMP()))",
        "SELECT evidence[1]->summary FROM incidents",
        "SELECT host AS `at` /* quoted */ FROM incidents -- the end\n",
        "SELECT FILTER(symbols, s => s->module IS NULL) AS ours FROM perf_samples",
        "SELECT REDUCE(symbols, CAST(0 AS BIGINT), (t, e) => t + e->samples) AS n FROM perf_samples",
        "SELECT host FROM incidents WHERE CASE WHEN no_data THEN 1 ELSE 0 END = 1"
      })
  void questionIsTaken(String question) {
    KsqlDb server = server();

    server.run(Script.QUESTION, question + ";");

    assertThat(server.refusals()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          CREATE STREAM IF NOT EXISTS x (k STRING KEY) WITH (KAFKA_TOPIC = 'netnswatch.incidents', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO') | X: DROP … DELETE TOPIC would delete our topic: CREATE SOURCE
          CREATE SOURCE STREAM x (k STRING KEY) WITH (KAFKA_TOPIC = 'netnswatch.incidents', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO') | X: a second run fails without IF NOT EXISTS
          CREATE SOURCE STREAM IF NOT EXISTS x (k STRING KEY) WITH (KAFKA_TOPIC = 'incidents', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO') | incidents: no such topic
          CREATE SOURCE STREAM IF NOT EXISTS x (host STRING KEY) WITH (KAFKA_TOPIC = 'netnswatch.incidents', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO') | HOST: a column of this name is there already
          CREATE SOURCE TABLE IF NOT EXISTS x (k STRING KEY) WITH (KAFKA_TOPIC = 'netnswatch.incidents', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO') | K: PRIMARY KEY is a table's, KEY a stream's
          CREATE SOURCE STREAM IF NOT EXISTS x (k STRING KEY) WITH (KAFKA_TOPIC = 'netnswatch.incidents', KEY_FORMAT = 'KAFKA') | VALUE_FORMAT: missing
          CREATE SOURCE STREAM IF NOT EXISTS x (k STRING KEY, a INT, b INT) WITH (KAFKA_TOPIC = 'netnswatch.dead-letters', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'KAFKA') | X: format KAFKA holds one column
          CREATE SOURCE STREAM IF NOT EXISTS x (rowtime BIGINT KEY) WITH (KAFKA_TOPIC = 'netnswatch.incidents', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO') | ROWTIME: name of a pseudo column
          CREATE SOURCE STREAM IF NOT EXISTS perf_samples (k STRING KEY) WITH (KAFKA_TOPIC = 'netnswatch.incidents', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO') | PERF_SAMPLES: created twice
          CREATE TABLE IF NOT EXISTS x AS SELECT reason, COUNT(*) AS n FROM dead_letters GROUP BY reason | GROUP BY: not on a stream of VALUE_FORMAT KAFKA
          CREATE TABLE IF NOT EXISTS x AS SELECT host, command, COUNT(*) AS n FROM netns_latencies GROUP BY host, command | a key of several columns: not in format KAFKA
          CREATE TABLE IF NOT EXISTS x AS SELECT COUNT(*) AS n FROM netns_latencies GROUP BY host | Key missing from projection: HOST
          CREATE TABLE IF NOT EXISTS x AS SELECT host, command FROM netns_latencies GROUP BY host | Non-aggregate SELECT expression not part of GROUP BY: COMMAND
          CREATE TABLE IF NOT EXISTS x AS SELECT host, MAX(COUNT(*)) AS n FROM netns_latencies GROUP BY host | aggregate functions within each other
          CREATE TABLE IF NOT EXISTS x AS SELECT kind, MAX(updated_at) AS n FROM incidents GROUP BY kind | MAX: only of a stream, not of a table
          CREATE TABLE IF NOT EXISTS x AS SELECT host_key, COUNT(*) AS n FROM netns_latencies | an aggregate function without GROUP BY
          CREATE STREAM IF NOT EXISTS x AS SELECT host, command FROM netns_latencies | Key missing from projection: HOST_KEY
          CREATE STREAM IF NOT EXISTS x AS SELECT host_key, EXPLODE(symbols)->symbol AS s FROM perf_samples | EXPLODE within an expression
          CREATE STREAM IF NOT EXISTS x AS SELECT host_key, EXPLODE(host) AS s FROM perf_samples | EXPLODE: does not take [STRING]
          CREATE STREAM IF NOT EXISTS x AS SELECT host, COUNT(*) AS n FROM netns_latencies GROUP BY host | X: is a table
          CREATE TABLE IF NOT EXISTS x AS SELECT host_key, host FROM netns_latencies | X: is a stream
          CREATE STREAM IF NOT EXISTS x AS SELECT record_key, payload, reason FROM dead_letters | several columns: not in format KAFKA
          CREATE STREAM IF NOT EXISTS x AS SELECT p.host_key AS k, n.host AS host FROM perf_samples p JOIN netns_latencies n ON p.host_key = n.host_key | JOIN: WITHIN is for two streams, and only for them
          CREATE STREAM IF NOT EXISTS x AS SELECT p.host_key AS k, n.host AS host FROM perf_samples p JOIN netns_latencies n WITHIN 1 MINUTE ON p.cpu_count = n.host_key | JOIN: INTEGER with STRING
          CREATE STREAM IF NOT EXISTS x AS SELECT n.host_key AS k, p.titel AS titel FROM netns_latencies n LEFT JOIN incidents p ON n.host_key = p.incident_id | TITEL: no such column
          CREATE TABLE IF NOT EXISTS x AS SELECT host, ROWTIME FROM netns_latencies GROUP BY host, ROWTIME | ROWTIME: name of a pseudo column
          INSERT INTO perf_samples SELECT * FROM perf_samples | INSERT INTO PERF_SAMPLES: adds all again with each run
          SELECT * FROM incidents | RUN SCRIPT refuses a script with SELECT
          DROP STREAM perf_samples DELETE TOPIC | line 3: DROP where ksqlDB's grammar has a statement that creates or asks
          """)
  void creationIsRefused(String statement, String refusal) {
    KsqlDb server = server();

    server.run(Script.TABLES, "SET 'auto.offset.reset' = 'earliest';\n\n" + statement + ";");

    assertThat(server.refusals()).first().isEqualTo(refusal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE IF NOT EXISTS x WITH (KEY_FORMAT = 'JSON') AS SELECT host, command, COUNT(*) AS n"
            + " FROM netns_latencies WINDOW TUMBLING (SIZE 10 MINUTES, RETENTION 7 DAYS)"
            + " GROUP BY host, command EMIT CHANGES",
        "CREATE STREAM IF NOT EXISTS x AS SELECT p.host_key AS host_key, n.outcome AS outcome"
            + " FROM perf_samples p JOIN netns_latencies n WITHIN 1 MINUTE ON p.host_key = n.host_key",
        "CREATE TABLE IF NOT EXISTS x AS SELECT i.incident_id AS id, h.collected_at AS seen"
            + " FROM incidents i LEFT JOIN hosts_now h ON i.host = h.host_key",
        "CREATE STREAM IF NOT EXISTS x WITH (VALUE_FORMAT = 'AVRO') AS SELECT record_key,"
            + " FROM_BYTES(reason, 'utf8') AS why FROM dead_letters",
        "CREATE TABLE IF NOT EXISTS x AS SELECT host, TOPK(latency_ms, command_id, 5)[1]->`col0` AS slowest"
            + " FROM netns_latencies GROUP BY host"
      })
  void creationIsTaken(String statement) {
    KsqlDb server = server();

    server.run(Script.TABLES, "SET 'auto.offset.reset' = 'earliest';\n" + statement + ";");

    assertThat(server.refusals()).isEmpty();
  }

  @Test
  void offsetsAreSetInEveryScriptThatCreates() {
    KsqlDb server = new KsqlDb();

    server.run(Script.TABLES, TABLES.substring(TABLES.indexOf("CREATE")));

    assertThat(server.refusals())
        .hasSize(5)
        .first()
        .isEqualTo(
            "PERF_SAMPLES: SET 'auto.offset.reset' = 'earliest' holds for its own script alone");
  }

  @Test
  void oneRefusalDoesNotHideTheNext() {
    KsqlDb server = server();

    server.run(
        Script.QUESTION, "SELECT a FROM incidents; SELECT b FROM; SELECT host FROM incidents;");

    assertThat(server.refusals()).hasSize(2);
    assertThat(server.answers()).hasSize(1);
  }

  @Test
  void allReservedWordsAreKnown() {
    assertThat(ReservedWords.count()).isEqualTo(88);
  }
}
