package io.netnswatch.oncall.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netnswatch.oncall.alert.Grouping;
import io.netnswatch.oncall.alert.RateLimit;
import io.netnswatch.oncall.config.RoutesFile.NamedTarget;
import io.netnswatch.oncall.targets.PagerDuty;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutesFileTest {

  private static final String KEY = "0123456789abcdef0123456789abcdef";

  private static final String GOOD =
      """
      grouping: {enabled: true, window: 20s}
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
  void theShippedExampleIsGood() throws Exception {
    String example = Files.readString(Path.of("src/main/config/routes.yaml"));
    RoutesFile routes =
        read(
            example
                .replace("${env:PAGERDUTY_ROUTING_KEY}", KEY)
                .replace("${env:WEBHOOK_SECRET}", "only-for-this-test"));
    assertThat(routes.targets()).containsOnlyKeys("alertmanager", "pager", "chat");
    assertThat(routes.routes()).hasSize(3);
  }

  @Test
  void targetsHaveTheirOwnTerms() throws Exception {
    RoutesFile routes = read(GOOD);
    NamedTarget pager = target(routes, "pager");
    assertThat(pager.terms().grouping()).isEqualTo(new Grouping(true, Duration.ofSeconds(20)));
    assertThat(pager.terms().rateLimit()).isEqualTo(new RateLimit(60, 5));
    assertThat(target(routes, "am").terms().grouping()).isEqualTo(Grouping.OFF);
    assertThat(routes.routesTo("pager")).hasSize(1);
    assertThat(routes.routesTo("am")).hasSize(2);
  }

  @Test
  void secretsStayElsewhereAndAreNotShown() throws Exception {
    Path secrets = Files.writeString(directory.resolve("secrets.properties"), "pager=" + KEY);
    String reference = "${file:" + secrets + ":pager}";
    RoutesFile routes = read(GOOD.replace(KEY, reference));
    assertThat(target(routes, "pager").target())
        .isEqualTo(new PagerDuty(PagerDuty.DEFAULT_URL, KEY));
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
        "rate-limit: {|ratelimit: {|targets.pager.ratelimit: unknown key; there is type, url,",
        "per-minute: 60|per-minute: 0|targets.pager.rate-limit.per-minute: and burst must be",
        "severity: error|severity: bad|routes[0].severity: one of [CRITICAL, ERROR, WARNING, INFO]",
        "[pager, am]|[pagr]|routes[0].targets: there is no target pagr; there is [am, pager]",
        "20s|20|grouping.window: a time like 500ms",
        "type: pagerduty|type: opsgenie|targets.pager.type: alertmanager, pagerduty or webhook",
        "0123456789abcdef01|0123|targets.pager.routing-key: it has 32 characters, this one 18",
        "http://127|ftp://127|targets.am.url: a URL that begins with http:// or https://",
        "[\"a*\"]|a*|routes[1].hosts: a list is wanted here",
        "routes:|rout:|rout: unknown key; there is grouping, targets, routes",
        "routes:|targets:|Duplicate field 'targets'",
        "{enabled: false}|{enabled: nein}|targets.am.grouping.enabled: true or false",
      })
  void whatIsWrongIsNamed(String good, String bad, String message) {
    assertThatThrownBy(() -> read(GOOD.replace(good, bad)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining(message);
  }

  private RoutesFile read(String text) throws IOException {
    return RoutesFile.read(Files.writeString(directory.resolve("routes.yaml"), text));
  }

  private static NamedTarget target(RoutesFile routes, String name) {
    Map<String, NamedTarget> targets = routes.targets();
    return Objects.requireNonNull(targets.get(name));
  }
}
