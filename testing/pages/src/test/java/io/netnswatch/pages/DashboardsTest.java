package io.netnswatch.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Dashboards and alert rules ask for metrics that exist, in PromQL that Prometheus reads. */
class DashboardsTest {

  private final Metrics metrics = new Metrics();

  static Stream<String> dashboards() {
    return Repository.files(".json").stream()
        .filter(it -> it.startsWith("docker/grafana/dashboards/"));
  }

  @Test
  void codeNamesMetrics() {
    assertThat(metrics.names())
        .contains(
            "netnswatch_open_incidents",
            "netnswatch_detection_delay",
            "netnswatch_collector_source_on",
            "netnswatch_collector_cpu_seconds");
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void panelsAreSound(String path) throws Exception {
    JsonNode dashboard = new ObjectMapper().readTree(Repository.text(path));
    JsonNode source =
        Yaml.documents(Repository.text("docker/grafana/provisioning/datasources/prometheus.yaml"))
            .get(0);

    assertThat(dashboard.path("uid").asText()).startsWith("netnswatch-");
    assertThat(dashboard.findValues("id")).doesNotHaveDuplicates();
    assertThat(dashboard.path("panels")).isNotEmpty();
    for (JsonNode panel : dashboard.path("panels")) {
      assertThat(panel.path("title").asText()).isNotEmpty();
      assertThat(panel.path("description").asText()).isNotEmpty();
      assertThat(panel.at("/datasource/uid")).isEqualTo(source.at("/datasources/0/uid"));
      for (JsonNode target : panel.path("targets")) {
        String expression = target.path("expr").asText();
        assertThat(Metrics.used(expression)).as(expression).isNotEmpty();
        assertThat(metrics.missing(expression)).as(expression).isEmpty();
      }
    }
  }

  @Test
  void rulesAskForMetricsThatExist() {
    List<String> files = Repository.files(".rules.yml");
    assertThat(files).isNotEmpty();
    for (String path : files) {
      List<JsonNode> expressions = Yaml.documents(Repository.text(path)).get(0).findValues("expr");

      assertThat(expressions).as(path).isNotEmpty();
      for (JsonNode expression : expressions) {
        assertThat(metrics.missing(expression.asText())).as(path).isEmpty();
      }
    }
  }

  @Test
  void readmeOfOncallHasARowForEveryMetricOfIts() {
    List<String> rows =
        Pattern.compile("(?m)^\\| `(netnswatch_oncall_\\w+)")
            .matcher(Repository.text("oncall/README.md"))
            .results()
            .map(it -> it.group(1))
            .toList();

    assertThat(metrics.names().stream().filter(it -> it.startsWith("netnswatch_oncall_")))
        .as("metrics in oncall/README.md, with what Prometheus puts behind them")
        .isNotEmpty()
        .allSatisfy(it -> assertThat(rows).anyMatch(row -> Metrics.isCalled(it, row)));
    assertThat(rows).allSatisfy(row -> assertThat(metrics.missing(row)).isEmpty());
  }

  @Test
  void prometheusReadsEveryQuery(@TempDir Path folder) throws Exception {
    assumeTrue(Program.isInstalled("promtool"), "promtool (Debian: prometheus) is not installed");
    StringBuilder rules = new StringBuilder("groups:\n  - name: panels\n    rules:\n");
    for (String path : dashboards().toList()) {
      for (JsonNode expression :
          new ObjectMapper().readTree(Repository.text(path)).findValues("expr")) {
        rules.append("      - record: panel\n        expr: ").append(expression).append('\n');
      }
    }
    Files.writeString(folder.resolve("panels.yml"), rules);

    List<String> command = new ArrayList<>(List.of("promtool", "check", "rules", "--lint=none"));
    command.add("panels.yml");
    for (String path : Repository.files(".rules.yml")) {
      command.add(Repository.path(path).toAbsolutePath().toString());
    }
    Program promtool = Program.run(folder, command.toArray(String[]::new));

    assertThat(promtool.exitCode()).as(promtool.output()).isZero();
  }
}
