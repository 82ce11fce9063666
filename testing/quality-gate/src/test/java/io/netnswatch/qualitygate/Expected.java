package io.netnswatch.qualitygate;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.netnswatch.scenarios.Scenario;
import io.netnswatch.schema.Confidence;
import io.netnswatch.schema.KernelVerdict;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a scenario must lead to, {@code expected.yaml}; what is not listed must not happen.
 *
 * @param incidents by host, each host's in order of their first step
 * @param mayBeLate whether events may come too late: clock steps
 */
record Expected(
    @JsonProperty(required = true) List<ExpectedIncident> incidents, boolean mayBeLate) {

  private static final ObjectReader YAML =
      YAMLMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .build()
          .readerFor(Expected.class)
          .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /**
   * One incident.
   *
   * @param startedS from and to: begin of the episode in seconds after the scenario's; null for any
   * @param withinS how many seconds after its begin it must have been published at the latest; null
   *     for any
   * @param confidence of its last step; null for any
   * @param kernel verdict; null for any
   * @param missing texts that must occur in what its last step says is missing
   * @param says texts that must occur in the description of its last step
   * @param end OPEN, RECOVERING, RECOVERED, REBOOTED or SUPERSEDED
   * @param noData whether a step must say that the host was silent
   * @param steps most steps it may take; null for any
   */
  record ExpectedIncident(
      @JsonProperty(required = true) String host,
      @JsonProperty(required = true) String kind,
      @Nullable List<Integer> startedS,
      @Nullable Integer withinS,
      @Nullable Confidence confidence,
      @Nullable KernelVerdict kernel,
      @Nullable List<String> missing,
      @Nullable List<String> says,
      @JsonProperty(required = true) String end,
      boolean noData,
      @Nullable Integer steps) {}

  static Expected of(Scenario scenario) throws IOException {
    return YAML.readValue(scenario.folder().resolve("expected.yaml").toFile());
  }
}
