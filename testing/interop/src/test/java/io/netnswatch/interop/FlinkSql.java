package io.netnswatch.interop;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;

/** Flink as an independent SQL engine on the topics: a cluster in this JVM, and its SQL. */
final class FlinkSql implements AutoCloseable {

  /** A statement of Flink's SQL client, which the engine itself does not know. */
  private static final Pattern SET = Pattern.compile("SET '(.+)' = '(.+)'");

  private static final Configuration SMALL =
      Configuration.fromMap(
          Map.of(
              "parallelism.default", "1",
              "rest.bind-address", "127.0.0.1",
              "rest.address", "127.0.0.1",
              "rest.port", "0",
              "taskmanager.memory.network.min", "32mb",
              "taskmanager.memory.network.max", "32mb",
              "taskmanager.memory.managed.size", "128mb"));

  private final MiniCluster cluster;
  private final TableEnvironment engine;

  /**
   * What a query answers.
   *
   * @param columns their names
   */
  record Answer(List<String> columns, List<Row> rows) {}

  FlinkSql() throws Exception {
    cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(8)
                .setConfiguration(SMALL)
                .build());
    cluster.start();
    URI address = cluster.getRestAddress().get();
    Configuration client = new Configuration(SMALL);
    client.setString("execution.target", "remote");
    client.setString("rest.address", address.getHost());
    client.setString("rest.port", Integer.toString(address.getPort()));
    engine =
        TableEnvironment.create(
            EnvironmentSettings.newInstance().inBatchMode().withConfiguration(client).build());
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

  @Override
  public void close() {
    cluster.closeAsync().join();
  }
}
