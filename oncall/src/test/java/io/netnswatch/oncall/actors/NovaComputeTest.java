package io.netnswatch.oncall.actors;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.oncall.TestIncidents;
import io.netnswatch.oncall.act.ActionOutcome;
import io.netnswatch.oncall.targets.Secret;
import io.netnswatch.schema.Incident;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NovaComputeTest {

  private static final String WRONG = "not the secret";

  private final Incident incident = TestIncidents.opened("compute-1", Instant.EPOCH);
  private OpenStackServer openStack;

  @BeforeEach
  void start() throws IOException {
    openStack = OpenStackServer.start();
    openStack.addHost("compute-1");
    openStack.addHost("compute-10");
  }

  @AfterEach
  void stop() {
    openStack.close();
  }

  @Test
  void theServiceIsDisabledWithItsReasonAndEnabledAgain() throws Exception {
    NovaCompute nova = nova(OpenStackServer.SECRET);
    assertThat(nova.apply(Steps.apply(incident)))
        .isEqualTo(new ActionOutcome.Done(List.of("disabled"), null));
    assertThat(openStack.status("compute-1")).isEqualTo("disabled");
    assertThat(openStack.reason("compute-1"))
        .startsWith("netnswatch ")
        .contains(incident.getTitle());
    assertThat(openStack.status("compute-10")).isEqualTo("enabled");
    assertThat(nova.apply(Steps.again(Steps.apply(incident))))
        .isInstanceOf(ActionOutcome.Done.class);
    assertThat(openStack.changes()).isEqualTo(1);

    assertThat(nova.revert(Steps.revert(incident)))
        .isEqualTo(new ActionOutcome.Done(List.of(), null));
    assertThat(openStack.status("compute-1")).isEqualTo("enabled");
    assertThat(openStack.tokens()).isEqualTo(1);
  }

  @Test
  void whatIsDisabledForAnotherReasonIsNotTouched() throws Exception {
    NovaCompute nova = nova(OpenStackServer.SECRET);
    openStack.byHand("compute-1", "disabled", "disk is being changed");
    assertThat(nova.apply(Steps.apply(incident)))
        .isEqualTo(new ActionOutcome.NotOurs("it was disabled already: disk is being changed"));
    assertThat(nova.revert(Steps.revert(incident))).isInstanceOf(ActionOutcome.NotOurs.class);
    openStack.byHand("compute-1", "enabled", "");
    assertThat(nova.revert(Steps.revert(incident)))
        .isEqualTo(new ActionOutcome.NotOurs("it was enabled by somebody else"));
    assertThat(openStack.changes()).isZero();
  }

  @Test
  void aTokenThatWasRevokedIsRenewed() throws Exception {
    NovaCompute nova = nova(OpenStackServer.SECRET);
    nova.apply(Steps.apply(incident));
    openStack.revokeTokens();
    assertThat(nova.revert(Steps.revert(incident))).isInstanceOf(ActionOutcome.Done.class);
    assertThat(openStack.tokens()).isEqualTo(2);
  }

  @Test
  void refusedCredentialsAndMissingRightsAreOneLineWithoutTheSecret() throws Exception {
    assertThat(why(nova(WRONG).apply(Steps.apply(incident))))
        .isEqualTo("Keystone refuses the application credential: it is wrong, expired or deleted");
    openStack.forbidChanges();
    assertThat(why(nova(OpenStackServer.SECRET).apply(Steps.apply(incident))))
        .contains("the right to change compute services (os_compute_api:os-services:update)")
        .hasLineCount(1);
  }

  @Test
  void aHostThatNovaDoesNotKnowIsRefused() throws Exception {
    assertThat(
            nova(OpenStackServer.SECRET)
                .apply(Steps.apply(TestIncidents.opened("storage-1", Instant.EPOCH))))
        .isEqualTo(new ActionOutcome.Refused("nova knows no nova-compute on storage-1"));
  }

  private static String why(ActionOutcome outcome) {
    return ((ActionOutcome.Later) outcome).why();
  }

  private NovaCompute nova(String secret) {
    return new NovaCompute(
        new NovaCompute.Settings(
            URI.create(openStack.url() + "/v3/"),
            "credential-id",
            new Secret(secret),
            "RegionOne",
            "internal"),
        InstantSource.system());
  }
}
