package io.netnswatch.oncall.actors;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.oncall.TestIncidents;
import io.netnswatch.oncall.act.ActionOutcome;
import io.netnswatch.oncall.act.ActionStep;
import io.netnswatch.schema.Incident;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubernetesNodeTest {

  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
  private static final KubernetesNode.Taint TAINT =
      KubernetesNode.Taint.parse("netnswatch.io/stuck=true:NoSchedule");

  private final Incident incident =
      TestIncidents.caused(TestIncidents.opened("node-1", T0), "conntrack-fragment-references");
  private final Incident ended = TestIncidents.resolved(incident, T0.plusSeconds(600));

  @TempDir private Path directory;
  private ApiServer api;
  private KubernetesNode all;

  @BeforeEach
  void start() throws IOException {
    api = ApiServer.start();
    api.addNode("node-1");
    all = actor(true, TAINT);
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void conditionEventCordonAndTaintAreSetAndTakenBack() throws Exception {
    api.taintByHand("node-1", "others");
    ActionStep apply = Steps.apply(incident);

    ActionOutcome done = all.apply(apply);

    assertThat(done)
        .isEqualTo(new ActionOutcome.Done(List.of("cordon", "taint", "condition"), null));
    assertThat(api.isCordoned("node-1")).isTrue();
    assertThat(api.node("node-1").path("spec").path("taints").toString())
        .isEqualTo(
            "[{\"key\":\"others\",\"effect\":\"NoSchedule\"},{\"key\":\"netnswatch.io/stuck\","
                + "\"effect\":\"NoSchedule\",\"value\":\"true\"}]");
    assertThat(api.condition("node-1", "NetnsCleanupStuck").toString())
        .contains(
            "\"status\":\"True\"",
            "\"reason\":\"ConntrackFragmentReferences\"",
            incident.getTitle(),
            "\"lastTransitionTime\":\"2026-01-01T00:00:00Z\"");
    assertThat(api.condition("node-1", "Ready").path("status").asText()).isEqualTo("True");
    assertThat(api.events()).hasSize(1);

    ActionOutcome undone = all.revert(Steps.revert(ended));

    assertThat(undone).isEqualTo(new ActionOutcome.Done(List.of(), null));
    assertThat(api.isCordoned("node-1")).isFalse();
    assertThat(api.node("node-1").path("spec").path("taints").toString())
        .isEqualTo("[{\"key\":\"others\",\"effect\":\"NoSchedule\"}]");
    assertThat(api.condition("node-1", "NetnsCleanupStuck").toString())
        .contains("\"status\":\"False\"", "\"lastTransitionTime\":\"2026-01-01T00:10:00Z\"");
    assertThat(api.node("node-1").path("metadata").path("annotations").toString()).isEqualTo("{}");
    assertThat(api.events()).hasSize(2);
  }

  @Test
  void whatIsRepeatedChangesNothing() throws Exception {
    all.apply(Steps.apply(incident));
    int changes = api.changes().size();
    assertThat(all.apply(Steps.again(Steps.apply(incident))))
        .isEqualTo(new ActionOutcome.Done(List.of("cordon", "taint", "condition"), null));
    assertThat(api.changes()).hasSize(changes);
    all.revert(Steps.revert(ended));
    changes = api.changes().size();
    assertThat(all.revert(Steps.again(Steps.revert(ended))))
        .isInstanceOf(ActionOutcome.NotOurs.class);
    assertThat(api.changes()).hasSize(changes);
  }

  @Test
  void aCordonThatIsThereAlreadyIsNotOurs() throws Exception {
    KubernetesNode cordon = bare();
    api.byHand("node-1", true);
    assertThat(cordon.apply(Steps.apply(incident))).isInstanceOf(ActionOutcome.NotOurs.class);
    assertThat(cordon.revert(Steps.revert(ended))).isInstanceOf(ActionOutcome.NotOurs.class);
    assertThat(api.isCordoned("node-1")).isTrue();
    assertThat(api.changes()).isEmpty();
  }

  @Test
  void aCordonThatWasLiftedAndSetByHandStays() throws Exception {
    KubernetesNode cordon = bare();
    cordon.apply(Steps.apply(incident));
    api.byHand("node-1", false);
    api.byHand("node-1", true);

    assertThat(cordon.revert(Steps.revert(ended))).isInstanceOf(ActionOutcome.NotOurs.class);
    assertThat(api.isCordoned("node-1")).isTrue();
  }

  @Test
  void aCordonThatWasLiftedByHandIsNotSetAgain() throws Exception {
    KubernetesNode cordon = bare();
    cordon.apply(Steps.apply(incident));
    api.byHand("node-1", false);
    assertThat(cordon.apply(Steps.again(Steps.apply(incident))))
        .isInstanceOf(ActionOutcome.NotOurs.class);
    assertThat(api.isCordoned("node-1")).isFalse();
  }

  @Test
  void aTaintThatWasTakenAwayByHandIsNoFault() throws Exception {
    KubernetesNode taint = actor(false, TAINT);
    taint.apply(Steps.apply(incident));
    api.removeTaintByHand("node-1", TAINT.key());
    assertThat(taint.revert(Steps.revert(ended)))
        .isEqualTo(new ActionOutcome.Done(List.of(), "taint: changed by hand, left alone"));
  }

  @ParameterizedTest
  @CsvSource({
    "get nodes, the right to get node is missing",
    "patch nodes, the right to patch nodes is missing",
    "patch nodes/status, the right to patch nodes/status is missing",
    "create events, the right to create events in namespace default is missing"
  })
  void aMissingRightIsNamedInOneLine(String right, String words) throws Exception {
    api.takeRight(right);
    ActionOutcome outcome = all.apply(Steps.apply(incident));
    assertThat(outcome).isInstanceOf(ActionOutcome.Later.class);
    assertThat(((ActionOutcome.Later) outcome).why())
        .contains(words, "kubernetes/acting/rbac.yaml")
        .hasLineCount(1);
  }

  @Test
  void aWrongTokenIsNamedAndNotShown() throws Exception {
    Files.writeString(directory.resolve("token"), "an old token");
    ActionOutcome outcome = all.apply(Steps.apply(incident));
    assertThat(((ActionOutcome.Later) outcome).why())
        .contains("Kubernetes does not know the token: look at token-file")
        .doesNotContain("an old token");
  }

  @Test
  void aNodeThatIsNotThereIsRefusedAndOneThatIsGoneIsOver() throws Exception {
    Incident other = TestIncidents.opened("node-2", T0);
    assertThat(all.apply(Steps.apply(other)))
        .isEqualTo(new ActionOutcome.Refused("the cluster has no node node-2"));
    assertThat(all.revert(Steps.revert(other))).isInstanceOf(ActionOutcome.NotOurs.class);
    assertThat(all.apply(Steps.apply(TestIncidents.opened("../pods", T0))))
        .isInstanceOf(ActionOutcome.Refused.class);
  }

  @Test
  void anApiServerThatIsDownIsAskedAgain() throws Exception {
    api.down(true);
    assertThat(all.apply(Steps.apply(incident))).isInstanceOf(ActionOutcome.Later.class);
    api.close();
    assertThat(all.revert(Steps.revert(ended))).isInstanceOf(ActionOutcome.Later.class);
  }

  private KubernetesNode actor(boolean cordon, KubernetesNode.@Nullable Taint taint)
      throws IOException {
    return actor(true, cordon, taint);
  }

  private KubernetesNode bare() throws IOException {
    return actor(false, true, null);
  }

  private KubernetesNode actor(boolean isTold, boolean cordon, KubernetesNode.@Nullable Taint taint)
      throws IOException {
    Path token = Files.writeString(directory.resolve("token"), ApiServer.TOKEN + "\n");
    return new KubernetesNode(
        new KubernetesNode.Settings(
            URI.create(api.url()), token, null, isTold, isTold, cordon, taint),
        InstantSource.fixed(T0.plusSeconds(30)));
  }
}
