package io.netnswatch.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stack of docker/compose.yaml, as far as that can be said without pulling an image. */
class ComposeTest {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{[A-Z_]+:-([^}]*)}");
  private static final Pattern PINNED = Pattern.compile("[a-z0-9/-]+:v?\\d+\\.\\d+\\.\\d+");

  /** {@code allow RESOURCE PATTERN OPERATION NAME...}. */
  private static final Pattern ALLOW = Pattern.compile("(?m)^allow (\\S+) (\\S+) (\\S+) (.*)$");

  /** A row of the table of rights. */
  private static final Pattern RIGHT =
      Pattern.compile("(?m)^\\| ksqldb \\| (\\w+)(, prefixed)? \\| (`.*`) \\| (\\w+) \\|$");

  private final JsonNode compose =
      Yaml.documents(VARIABLE.matcher(Repository.text("docker/compose.yaml")).replaceAll("$1"))
          .get(0);

  @Test
  void followsTheComposeSpecification() throws IOException {
    ObjectNode text;
    try (InputStream in = ComposeTest.class.getResourceAsStream("/compose-spec.json")) {
      text = (ObjectNode) new ObjectMapper().readTree(in);
    }
    text.remove("$id"); // a relative one, which the validator refuses
    JsonSchema schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(text);

    assertThat(schema.validate(compose)).isEmpty();
  }

  @Test
  void everyImageIsPinnedAndKafkaIsOurs() {
    for (JsonNode service : compose.path("services")) {
      assertThat(service.path("image").asText()).matches(PINNED);
    }
    for (String service : List.of("broker", "ksqldb-rights")) {
      assertThat(Repository.text("pom.xml"))
          .contains(
              "<kafka.version>"
                  + compose.at("/services/" + service + "/image").asText().split(":", -1)[1]
                  + "</kafka.version>");
    }
  }

  @Test
  void ksqlDbHasTheRightsOfTheTable() {
    List<String> given = new ArrayList<>();
    for (MatchResult allow :
        ALLOW.matcher(Repository.text("docker/ksqldb/rights.sh")).results().toList()) {
      for (String name : allow.group(4).strip().split(" ", -1)) {
        given.add(right(allow.group(1), allow.group(2), name, allow.group(3)));
      }
    }
    given.add(right("Cluster", "literal", "kafka-cluster", "DescribeConfigs"));
    List<String> documented = new ArrayList<>();
    for (MatchResult row :
        RIGHT.matcher(Repository.text("streams-app/README.md")).results().toList()) {
      String pattern = row.group(2) == null ? "literal" : "prefixed";
      for (String name : row.group(3).replace("`", "").split(", ", -1)) {
        documented.add(right(row.group(1), pattern, name, row.group(4)));
      }
    }

    assertThat(given).containsExactlyInAnyOrderElementsOf(documented);
    JsonNode environment = compose.at("/services/ksqldb/environment");
    String serviceId = environment.path("KSQL_KSQL_SERVICE_ID").asText();
    assertThat(given)
        .contains(right("topic", "prefixed", "_confluent-ksql-" + serviceId, "All"))
        .contains(right("transactional-id", "literal", serviceId, "Write"))
        .contains(
            right(
                "topic",
                "prefixed",
                environment.path("KSQL_KSQL_OUTPUT_TOPIC_NAME_PREFIX").asText(),
                "All"));
    assertThat(compose.at("/services/broker/environment/KAFKA_SUPER_USERS").asText())
        .doesNotContain("ksqldb");
  }

  private static String right(String resource, String pattern, String name, String operation) {
    return String.join(
        " ", resource.replace("-", "").toLowerCase(Locale.ROOT), pattern, name, operation);
  }

  @Test
  void everyServiceIsWatchedBoundedAndOnThisMachineAlone() {
    compose
        .path("services")
        .properties()
        .forEach(
            service -> {
              JsonNode said = service.getValue();
              assertThat(said.has("mem_limit")).as(service.getKey()).isTrue();
              assertThat(said.has("ports")).as(service.getKey()).isFalse();
              assertThat(said.path("network_mode").asText()).isEqualTo("host");
              assertThat(said.has("healthcheck") || isOurs(said) || isJob(said))
                  .as(service.getKey())
                  .isTrue();
              assertThat(said.toString()).doesNotContain("0.0.0.0");
            });
  }

  @Test
  void whatIsMountedIsThere() {
    compose
        .path("services")
        .findValues("volumes")
        .forEach(
            volumes ->
                volumes.forEach(
                    volume -> {
                      String source = volume.asText().split(":", -1)[0];
                      if (source.startsWith(".")) {
                        assertThat(Repository.path("docker").resolve(source)).exists();
                      }
                    }));
  }

  @Test
  void applicationsAreGivenOptionsTheyHave() {
    Launcher launcher = Launcher.read();
    Map<String, String> commands =
        Map.of("detector", "detect", "collector", "collect", "oncall", "oncall");

    commands.forEach(
        (service, command) ->
            assertThat(launcher.unknownOptions(command, words(compose.at("/services/" + service))))
                .as(service)
                .isEmpty());
  }

  @Test
  void prometheusAndAlertmanagerTakeTheirFiles(@TempDir Path folder) throws Exception {
    assumeTrue(Program.isInstalled("promtool"), "promtool (Debian: prometheus) is not installed");
    // As they are mounted.
    Files.createDirectories(folder.resolve("rules"));
    Path docker = Repository.path("docker");
    Files.copy(docker.resolve("prometheus/prometheus.yml"), folder.resolve("prometheus.yml"));
    Files.copy(
        docker.resolve("prometheus/collector.rules.yml"),
        folder.resolve("rules/collector.rules.yml"));
    Files.copy(
        Repository.path("streams-app/src/main/alerts/detector.rules.yml"),
        folder.resolve("rules/detector.rules.yml"));

    Program promtool = Program.run(folder, "promtool", "check", "config", "prometheus.yml");

    assertThat(promtool.output())
        .contains("Checking rules/collector.rules.yml", "Checking rules/detector.rules.yml");
    assertThat(promtool.exitCode()).as(promtool.output()).isZero();
    assumeTrue(Program.isInstalled("amtool"), "amtool (prometheus-alertmanager) is not installed");
    Program amtool = Program.run(docker, "amtool", "check-config", "alertmanager/alertmanager.yml");
    assertThat(amtool.exitCode()).as(amtool.output()).isZero();
  }

  /** Runs once and ends. */
  private static boolean isJob(JsonNode service) {
    return service.path("restart").asText().equals("no");
  }

  private static boolean isOurs(JsonNode service) {
    return service.path("image").asText().startsWith("netnswatch-");
  }

  private static List<String> words(JsonNode service) {
    return service.path("command").valueStream().map(JsonNode::asText).toList();
  }
}
