package io.netnswatch.oncall.config;

import static io.netnswatch.oncall.config.InvalidSettingException.check;
import static io.netnswatch.oncall.config.InvalidSettingException.needed;

import io.netnswatch.command.HostPattern;
import io.netnswatch.oncall.act.ActionLimit;
import io.netnswatch.oncall.act.ActionMode;
import io.netnswatch.oncall.act.ActionPolicy;
import io.netnswatch.schema.Confidence;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code when} of an action, as it is written. What is not named is not acted on, so kinds, causes,
 * confidences, hosts, limits and who is paged must be named.
 *
 * @param mode dry-run unless it is said
 * @param page targets that are told what was held back
 */
record ActionPolicyConfig(
    @Nullable ActionMode mode,
    @Nullable List<String> kinds,
    @Nullable List<String> causes,
    @Nullable List<Confidence> confidences,
    @Nullable List<HostPattern> hosts,
    @Nullable Boolean undo,
    @Nullable Duration undoAfter,
    @Nullable List<LimitConfig> limits,
    @Nullable List<String> page) {

  private static final Duration DEFAULT_UNDO_AFTER = Duration.ofMinutes(1);

  ActionPolicyConfig {
    kinds = named("kinds", kinds);
    causes = named("causes", causes);
    confidences = named("confidences", confidences);
    hosts = named("hosts", hosts);
    limits = named("limits", limits);
    page = named("page", page);
  }

  private static <T> List<T> named(String key, @Nullable List<T> values) {
    check(values != null && !values.isEmpty(), key, "at least one must be named");
    return List.copyOf(values);
  }

  ActionPolicy policy() {
    return new ActionPolicy(
        Objects.requireNonNullElse(mode, ActionMode.DRY_RUN),
        Set.copyOf(needed("kinds", kinds)),
        Set.copyOf(needed("causes", causes)),
        Set.copyOf(needed("confidences", confidences)),
        needed("hosts", hosts),
        Objects.requireNonNullElse(undo, true),
        Objects.requireNonNullElse(undoAfter, DEFAULT_UNDO_AFTER),
        needed("limits", limits).stream().map(LimitConfig::limit).toList());
  }

  /**
   * One of {@code limits}: so many hosts, or so many percent of a group of a known size.
   *
   * @param maxHosts null if a share is said
   * @param percent null if a number is said
   * @param of how many hosts the group has
   * @param within the time
   * @param hosts who the group is; null for all
   */
  record LimitConfig(
      @Nullable Integer maxHosts,
      @Nullable Integer percent,
      @Nullable Integer of,
      @Nullable Duration within,
      @Nullable List<HostPattern> hosts) {

    private static final int WHOLE = 100;

    LimitConfig {
      check(!needed("within", within).isZero(), "within", "a time above 0 is wanted here");
      check(
          (maxHosts == null) != (percent == null && of == null),
          "max-hosts",
          "either max-hosts, or percent and of, is wanted here");
      if (maxHosts == null) {
        int share = needed("percent", percent);
        check(share > 0 && share <= WHOLE, "percent", "from 1 to 100 is wanted here");
        check(needed("of", of) > 0, "of", "the number of hosts in the group is wanted here");
      }
      check(
          hostCount(maxHosts, percent, of) >= 1,
          maxHosts == null ? "percent" : "max-hosts",
          "not even one host could be acted on: take the action out instead");
    }

    private static int hostCount(
        @Nullable Integer maxHosts, @Nullable Integer percent, @Nullable Integer of) {
      if (maxHosts != null) {
        return maxHosts;
      }
      int share = needed("percent", percent);
      int groupSize = needed("of", of);
      return share * groupSize / WHOLE;
    }

    ActionLimit limit() {
      int hostCount = hostCount(maxHosts, percent, of);
      String share = maxHosts == null ? percent + " % of " + of + " hosts, " : "";
      return new ActionLimit(
          hostCount,
          needed("within", within),
          hosts == null ? List.of() : hosts,
          share + hostCount + " hosts within " + words(needed("within", within)));
    }

    private static String words(Duration time) {
      return time.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
    }
  }
}
