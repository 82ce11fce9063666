package io.netnswatch.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.kubernetes.client.openapi.models.V1ClusterRole;
import io.kubernetes.client.openapi.models.V1ClusterRoleBinding;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1DaemonSet;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Role;
import io.kubernetes.client.openapi.models.V1RoleBinding;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The manifests are what the API takes, and grant no more than is needed. */
class KubernetesTest {

  /** Throws where a field is unknown, of another type, or missing though required. */
  private interface Schema {
    void validate(JsonElement json) throws IOException;
  }

  private static final String RBAC = "rbac.authorization.k8s.io/v1/";

  private static final Map<String, Schema> SCHEMAS =
      Map.ofEntries(
          Map.entry("v1/ConfigMap", V1ConfigMap::validateJsonElement),
          Map.entry("v1/Namespace", V1Namespace::validateJsonElement),
          Map.entry("v1/Service", V1Service::validateJsonElement),
          Map.entry("v1/ServiceAccount", V1ServiceAccount::validateJsonElement),
          Map.entry("apps/v1/DaemonSet", V1DaemonSet::validateJsonElement),
          Map.entry("apps/v1/Deployment", V1Deployment::validateJsonElement),
          Map.entry("apps/v1/StatefulSet", V1StatefulSet::validateJsonElement),
          Map.entry("networking.k8s.io/v1/NetworkPolicy", V1NetworkPolicy::validateJsonElement),
          Map.entry("policy/v1/PodDisruptionBudget", V1PodDisruptionBudget::validateJsonElement),
          Map.entry(RBAC + "ClusterRole", V1ClusterRole::validateJsonElement),
          Map.entry(RBAC + "ClusterRoleBinding", V1ClusterRoleBinding::validateJsonElement),
          Map.entry(RBAC + "Role", V1Role::validateJsonElement),
          Map.entry(RBAC + "RoleBinding", V1RoleBinding::validateJsonElement));

  /** What it takes to act on nodes is applied apart, and by those alone who want it. */
  private static final String ACTING = "kubernetes/acting/";

  private static final Set<String> WORKLOADS = Set.of("DaemonSet", "StatefulSet", "Deployment");

  static Stream<JsonNode> manifests() {
    return Repository.files(".yaml").stream()
        .filter(it -> it.startsWith("kubernetes/") && !it.endsWith("kustomization.yaml"))
        .filter(it -> !it.endsWith("/service-account-token.yaml")) // a patch, no manifest
        .flatMap(it -> Yaml.documents(Repository.text(it)).stream());
  }

  private static Stream<JsonNode> appliedApart() {
    return Repository.files(".yaml").stream()
        .filter(it -> it.startsWith(ACTING) && !it.endsWith("kustomization.yaml"))
        .filter(it -> !it.endsWith("/service-account-token.yaml"))
        .flatMap(it -> Yaml.documents(Repository.text(it)).stream());
  }

  static Stream<JsonNode> workloads() {
    return manifests().filter(it -> WORKLOADS.contains(it.path("kind").asText()));
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void followsTheApi(JsonNode manifest) throws IOException {
    String kind = manifest.path("apiVersion").asText() + "/" + manifest.path("kind").asText();

    Schema schema = Objects.requireNonNull(SCHEMAS.get(kind), kind);
    schema.validate(JsonParser.parseString(manifest.toString()));
  }

  @ParameterizedTest
  @MethodSource("workloads")
  void hasLeastPrivilege(JsonNode workload) {
    JsonNode pod = workload.at("/spec/template/spec");
    JsonNode container = pod.at("/containers/0");
    boolean collector = workload.path("kind").asText().equals("DaemonSet");

    assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isEqualTo(!collector);
    assertThat(pod.path("hostPID").asBoolean()).isEqualTo(collector);
    assertThat(pod.path("hostIPC").asBoolean()).isFalse();
    assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(container.at("/securityContext/capabilities/drop/0").asText()).isEqualTo("ALL");
    assertThat(words(container.at("/securityContext/capabilities/add")))
        .isEqualTo(collector ? List.of("SYS_ADMIN", "SYS_PTRACE", "SYSLOG") : List.of());
    assertThat(container.at("/resources/limits/memory").isMissingNode()).isFalse();
  }

  /** As in the collector's README, whose table says what each is for. */
  @Test
  void collectorsCapabilitiesAreThoseOfItsReadme() {
    assertThat(Repository.text("collector/README.md"))
        .contains("--cap-drop=ALL --cap-add=SYS_ADMIN --cap-add=SYS_PTRACE --cap-add=SYSLOG");
  }

  @ParameterizedTest
  @MethodSource("workloads")
  void isProbed(JsonNode workload) {
    JsonNode container = workload.at("/spec/template/spec/containers/0");

    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      String port = container.path(probe).at("/httpGet/port").asText();
      assertThat(container.path("ports").findValuesAsText("name")).as(probe).contains(port);
    }
  }

  @ParameterizedTest
  @MethodSource("workloads")
  void isGivenOptionsItHas(JsonNode workload) {
    String application = workload.at("/metadata/name").asText().replaceFirst("netnswatch-", "");
    String command =
        switch (application) {
          case "collector" -> "collect";
          case "detector" -> "detect";
          default -> application;
        };

    assertThat(
            Launcher.read()
                .unknownOptions(
                    command, words(workload.at("/spec/template/spec/containers/0/args"))))
        .isEmpty();
  }

  /** What selects pods selects some, and what is mounted is declared. */
  @Test
  void namesMeet() {
    List<String> names =
        workloads()
            .map(it -> it.at("/spec/template/metadata/labels/app.kubernetes.io~1name").asText())
            .toList();
    assertThat(names).hasSize(3).doesNotContain("");
    manifests()
        .flatMap(it -> it.findValues("matchLabels").stream())
        .map(it -> it.path("app.kubernetes.io/name"))
        .filter(it -> !it.isMissingNode())
        .forEach(it -> assertThat(names).contains(it.asText()));
    workloads()
        .forEach(
            workload -> {
              JsonNode pod = workload.at("/spec/template/spec");
              List<String> volumes = pod.path("volumes").findValuesAsText("name");
              volumes.addAll(workload.at("/spec/volumeClaimTemplates").findValuesAsText("name"));
              pod.at("/containers/0/volumeMounts")
                  .forEach(it -> assertThat(volumes).contains(it.path("name").asText()));
            });
  }

  @Test
  void kustomizeRendersThemAll() throws Exception {
    assumeTrue(Program.isInstalled("kubectl"), "kubectl is not installed");

    Program kustomize = Program.run(Repository.HOME, "kubectl", "kustomize", "kubernetes");

    assertThat(kustomize.exitCode()).as(kustomize.output()).isZero();
    assertThat(Yaml.documents(kustomize.output()))
        .hasSize((int) (manifests().count() - appliedApart().count()))
        .allSatisfy(
            it ->
                assertThat(it.at("/metadata/labels/app.kubernetes.io~1part-of").asText())
                    .isEqualTo("netnswatch"));
    assertThat(kustomize.output()).contains("image: netnswatch-detector:0.1.0");
  }

  @Test
  void actingIsRenderedApart() throws Exception {
    assumeTrue(Program.isInstalled("kubectl"), "kubectl is not installed");

    Program kustomize = Program.run(Repository.HOME, "kubectl", "kustomize", "kubernetes/acting");

    assertThat(kustomize.exitCode()).as(kustomize.output()).isZero();
    assertThat(Yaml.documents(kustomize.output())).hasSize((int) appliedApart().count());
  }

  /** Nothing is read but one node at a time, and nothing is written but what acting needs. */
  @Test
  void actingIsGrantedNoMoreThanItNeeds() {
    assertThat(
            appliedApart()
                .flatMap(it -> it.path("rules").valueStream())
                .map(it -> words(it.path("verbs")) + " " + words(it.path("resources"))))
        .containsExactlyInAnyOrder(
            "[get] [nodes]", "[patch] [nodes/status]", "[create] [events]", "[patch] [nodes]");
  }

  private static List<String> words(JsonNode array) {
    return array.valueStream().map(JsonNode::asText).toList();
  }
}
