package io.netnswatch.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;

/** Flink, run in this JVM, as an independent SQL engine on the topics. */
final class FlinkSql {

  /** A statement of Flink's SQL client, which the engine itself does not know. */
  private static final Pattern SET = Pattern.compile("SET '(.+)' = '(.+)'");

  private final TableEnvironment engine =
      TableEnvironment.create(EnvironmentSettings.inBatchMode());

  /**
   * What a query answers.
   *
   * @param columns their names
   */
  record Answer(List<String> columns, List<Row> rows) {}

  FlinkSql() {
    engine.getConfig().set("parallelism.default", "1");
    engine.getConfig().set("taskmanager.numberOfTaskSlots", "1");
    engine.getConfig().set("taskmanager.memory.network.min", "16mb");
    engine.getConfig().set("taskmanager.memory.network.max", "16mb");
    engine.getConfig().set("taskmanager.memory.managed.size", "64mb");
  }

  /** Runs a script that answers nothing. */
  void run(String script) {
    for (String statement : Queries.statements(script)) {
      Matcher set = SET.matcher(statement);
      if (set.matches()) {
        engine.getConfig().set(set.group(1), set.group(2));
      } else {
        engine.executeSql(statement);
      }
    }
  }

  /** Runs a query to its end. */
  Answer query(String statement) throws Exception {
    TableResult result = engine.executeSql(statement);
    List<Row> rows = new ArrayList<>();
    CloseableIterator<Row> answer = result.collect();
    try {
      answer.forEachRemaining(rows::add);
    } finally {
      answer.close();
    }
    return new Answer(result.getResolvedSchema().getColumnNames(), rows);
  }
}
