package io.netnswatch.oncall.config;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import io.netnswatch.oncall.act.ActionLimit;
import io.netnswatch.oncall.act.ActionMode;
import io.netnswatch.oncall.act.ActionPolicy;
import io.netnswatch.oncall.alert.Grouping;
import io.netnswatch.oncall.alert.RateLimit;
import io.netnswatch.oncall.config.RoutesFile.NamedAction;
import io.netnswatch.oncall.config.RoutesFile.NamedTarget;
import io.netnswatch.oncall.targets.PagerDuty;
import io.netnswatch.oncall.targets.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutesFileTest {

  private static final String KEY = "0123456789abcdef0123456789abcdef";

  private static final String GOOD =
      """
      grouping: {enabled: true, by: cause, window: 20s, repage-after: 30m}
      targets:
        pager:
          type: pagerduty
          routing-key: 0123456789abcdef0123456789abcdef
          rate-limit: {per-minute: 60, burst: 5}
        am:
          type: alertmanager
          url: http://127.0.0.1:9093/prefix
          grouping: {enabled: false}
      routes:
        - severity: error
          targets: [pager, am]
        - hosts: ["a*"]
          targets: [am]
      """;

  @TempDir private Path directory;

  @Test
  void theShippedExampleIsGoodAndHasEveryType() throws Exception {
    String example = Files.readString(Path.of("src/main/config/routes.yaml"));
    RoutesFile routes = read(example.replaceAll("\\$\\{env:\\w+}", KEY));
    assertThat(routes.routes()).isNotEmpty();
    assertThat(example.lines().filter(line -> line.contains(" type:")).collect(joining("\n")))
        .as("types in oncall/src/main/config/routes.yaml")
        .contains(types(TargetConfig.class))
        .contains(types(ActionConfig.class));
  }

  @Test
  void everyTargetHasItsRowInTheReadme() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    assertThat(
            types(TargetConfig.class).stream().filter(it -> !readme.contains("| `" + it + "` |")))
        .as("targets without a row in oncall/README.md")
        .isEmpty();
  }

  private static List<String> types(Class<?> config) {
    return Stream.of(Objects.requireNonNull(config.getAnnotation(JsonSubTypes.class)).value())
        .map(JsonSubTypes.Type::name)
        .toList();
  }

  @Test
  void targetsHaveTheirOwnTerms() throws Exception {
    RoutesFile routes = read(GOOD);
    NamedTarget pager = target(routes, "pager");
    assertThat(pager.policy().grouping())
        .isEqualTo(
            new Grouping(true, Grouping.By.CAUSE, Duration.ofSeconds(20), Duration.ofMinutes(30)));
    assertThat(pager.policy().rateLimit()).isEqualTo(new RateLimit(60, 5));
    assertThat(target(routes, "am").policy().grouping()).isEqualTo(Grouping.OFF);
    assertThat(routes.routesTo("pager")).hasSize(1);
    assertThat(routes.routesTo("am")).hasSize(2);
  }

  @Test
  void secretsStayElsewhereAndAreNotShown() throws Exception {
    Path secrets = Files.writeString(directory.resolve("secrets.properties"), "pager=" + KEY);
    String reference = "${file:" + secrets + ":pager}";
    RoutesFile routes = read(GOOD.replace(KEY, reference));
    assertThat(target(routes, "pager").target())
        .isEqualTo(new PagerDuty(PagerDuty.DEFAULT_URL, new Secret(KEY)));
    assertThat(routes.toString()).doesNotContain(KEY);

    assertThatThrownBy(() -> read(GOOD.replace(KEY, "${env:NOT_SET_ANYWHERE}")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("targets.pager.routing-key")
        .hasMessageContaining("which is not there");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rate-limit: {|ratelimit: {|6: targets.pager.ratelimit: unknown key; did you mean rate-limit?",
        "per-minute: 60|per-minute: 0|6: targets.pager.rate-limit.per-minute: at least 1 is wanted",
        "severity: error|severity: bad|12: routes[0].severity: unknown, there is CRITICAL, ERROR,",
        "[pager, am]|[pagr]|13: routes[0].targets: pagr is not known; did you mean pager? There is",
        "20s|20|1: grouping.window: a time like 500ms",
        "by: cause|by: mood|1: grouping.by: unknown, there is KERNEL, CAUSE",
        "type: pagerduty|type: opsgenie|4: targets.pager.type: unknown, there is alertmanager, pager",
        "type: pagerduty|url: http://a|targets.pager.type: is needed: alertmanager, pagerduty,",
        "0123456789abcdef01|0123|5: targets.pager.routing-key: it has 32 characters, this one 18",
        "0123456789abcdef01|01234567 9abcdef01|5: targets.pager.routing-key: it is of letters and",
        "http://127|ftp://127|9: targets.am.url: a URL that begins with http:// or https://",
        "http://127|http://a b|9: targets.am.url: not a URL: it may hold a secret",
        "[\"a*\"]|a*|14: routes[1].hosts: a list is wanted here",
        "[\"a*\"]|[\"a[0-9]\"]|14: routes[1].hosts[0]: 'a[0-9]' is no pattern for hosts",
        "[\"a*\"]|[\"\"]|14: routes[1].hosts[0]: a text is wanted here",
        "hosts: [\"a*\"]|kinds: [netns-cleanup-livelok]|14: routes[1].kinds: netns-cleanup-livelok is"
            + " not known; did you mean netns-cleanup-livelock?",
        "routes:|rout:|rout: unknown key; did you mean routes? There is actions, grouping,",
        "routes:|targets:|Duplicate field 'targets'",
        "{enabled: false}|{enabled: nein}|10: targets.am.grouping.enabled: true or false",
        "burst: 5|burst: 5.5|6: targets.pager.rate-limit.burst: a whole number",
      })
  void whatIsWrongIsNamed(String good, String bad, String message) {
    assertThatThrownBy(() -> read(GOOD.replace(good, bad)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining(message);
  }

  @Test
  void aSecretsFinalLineBreakIsNoPartOfIt() throws Exception {
    Files.writeString(directory.resolve("pager"), KEY + "\n");
    RoutesFile routes = read(GOOD.replace(KEY, "${directory:" + directory + ":pager}"));
    assertThat(target(routes, "pager").target())
        .isEqualTo(new PagerDuty(PagerDuty.DEFAULT_URL, new Secret(KEY)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer abc\ndef", "Bearer \u00e4", "Bearer \u0000", "a\r\nX: y"})
  void aSecretThatNoHeaderCanCarryIsFoundAndNotShown(String secret) throws Exception {
    Files.writeString(directory.resolve("token"), secret);
    String reference = "${directory:" + directory + ":token}";
    assertThatThrownBy(
            () ->
                read(
                    GOOD.replace(
                        "type: alertmanager",
                        "type: alertmanager\n    authorization: " + reference)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("targets.am.authorization: it holds a line break or another")
        .hasMessageNotContaining("Bearer")
        .hasMessageNotContaining("X: y");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "${file:/not/there:key}",
        "${directory:/not/there:key}",
        "${env:NOT_SET_ANYWHERE}"
      })
  void whatIsNotThereIsNamed(String reference) {
    assertThatThrownBy(() -> read(GOOD.replace(KEY, reference)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("line 5: targets.pager.routing-key: refers to " + reference);
  }

  @Test
  void aKindOfOnesOwnSignatureIsDeclared() throws Exception {
    String routed = GOOD.replace("hosts: [\"a*\"]", "kinds: [our-own-bug]");
    assertThat(read(routed + "own-kinds: [our-own-bug]\n").routes()).hasSize(2);
    assertThatThrownBy(() -> read(routed)).hasMessageContaining("goes into own-kinds");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# nothing",
        "[]",
        "text",
        "a: [",
        "targets:",
        "targets: {}\nroutes: []",
        "\t",
        "a: b: c",
        "targets: {pager: }\nroutes: [{targets: [pager]}]",
        "routes: [null]",
        "null",
        "--- 1\n--- 2"
      })
  void whatIsNoRoutesFileIsOneLine(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(ConfigException.class)
        .message()
        .startsWith(directory.toString())
        .hasLineCount(1);
  }

  private static final String ACTION =
      """
      kill-switch: /run/netnswatch/stop
      actions:
        nova:
          type: openstack
          auth-url: https://keystone.example.org/v3
          application-credential-id: abc
          application-credential-secret: the-secret
          when:
            kinds: [netns-cleanup-livelock]
            causes: [any]
            confidences: [confirmed]
            hosts: ["compute-*"]
            limits: [{max-hosts: 5, within: 1h}, {percent: 10, of: 45, within: 1d, hosts: ["a*"]}]
            page: [pager]
      """;

  @Test
  void anActionIsADryRunUnlessItIsSaid() throws Exception {
    ActionPolicy policy = action(read(GOOD + ACTION)).policy();
    assertThat(policy.mode()).isEqualTo(ActionMode.DRY_RUN);
    assertThat(policy.undo()).isTrue();
    assertThat(policy.limits())
        .extracting(ActionLimit::maxHosts, ActionLimit::words)
        .containsExactly(
            tuple(5, "5 hosts within 1h"), tuple(4, "10 % of 45 hosts, 4 hosts within 24h"));
    String acting = ACTION.replace("    kinds:", "    mode: act\n      kinds:");
    assertThat(action(read(GOOD + acting)).policy().mode()).isEqualTo(ActionMode.ACT);
    assertThat(read(GOOD).actions()).isEmpty();
  }

  private static NamedAction action(RoutesFile routes) {
    return Objects.requireNonNull(routes.actions().get("nova"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "causes: [any]|undo: true|actions.nova.when.causes: at least one must be named",
        "page: [pager]|page: [pagr]|actions.nova.when.page: pagr is not known; did you mean pager?",
        "max-hosts: 5|max-hosts: 0|actions.nova.when.limits[0].max-hosts: not even one host",
        "percent: 10|percent: 1|actions.nova.when.limits[1].percent: not even one host",
        "within: 1h}|within: 0s}|actions.nova.when.limits[0].within: a time above 0",
        "max-hosts: 5, |percent: 5, |actions.nova.when.limits[0].of: is needed",
        "confirmed|sure|actions.nova.when.confidences[0]: unknown, there is CONFIRMED, PROBABLE",
        "causes: [any]|mode: now|actions.nova.when.mode: dry-run, act or undo is wanted here",
        "auth-url|auth-ulr|actions.nova.auth-ulr: unknown key; did you mean auth-url?",
        "type: openstack|type: vmware|actions.nova.type: unknown, there is kubernetes, openstack,",
        "netns-cleanup-livelock|netns-hang|actions.nova.when.kinds: netns-hang is not known",
        "hosts: [\"compute-*\"]|hosts: [\"(a)\"]|actions.nova.when.hosts[0]: '(a)' is no pattern for hosts",
      })
  void whatIsWrongWithAnActionIsNamed(String good, String bad, String message) {
    assertThatThrownBy(() -> read(GOOD + ACTION.replace(good, bad)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("the-secret");
  }

  @Test
  void aProgramThatIsNotThereIsFoundBeforeItIsNeeded() {
    String program =
        """
        actions:
          own:
            type: exec
            command: [/not/there]
            when: {kinds: [netns-cleanup-livelock], causes: [any], confidences: [CONFIRMED], \
        hosts: ["*"], limits: [{max-hosts: 1, within: 1h}], page: [pager]}
        """;
    assertThatThrownBy(() -> read(GOOD + program))
        .hasMessageContaining("actions.own.command: there is no program /not/there");
    assertThatThrownBy(() -> read(GOOD + program.replace("/not/there", "reboot")))
        .hasMessageContaining("actions.own.command: an absolute path is wanted first");
  }

  private RoutesFile read(String text) throws IOException {
    return RoutesFile.read(
        Files.writeString(directory.resolve("routes.yaml"), text), InstantSource.system());
  }

  private static NamedTarget target(RoutesFile routes, String name) {
    Map<String, NamedTarget> targets = routes.targets();
    return Objects.requireNonNull(targets.get(name));
  }
}
