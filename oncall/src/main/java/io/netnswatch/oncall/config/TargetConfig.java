package io.netnswatch.oncall.config;

import static io.netnswatch.oncall.config.InvalidSettingException.check;
import static io.netnswatch.oncall.config.InvalidSettingException.needed;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.netnswatch.command.Backoff;
import io.netnswatch.oncall.alert.Grouping;
import io.netnswatch.oncall.alert.NotificationPolicy;
import io.netnswatch.oncall.alert.RepeatPolicy;
import io.netnswatch.oncall.targets.Alertmanager;
import io.netnswatch.oncall.targets.PagerDuty;
import io.netnswatch.oncall.targets.Secret;
import io.netnswatch.oncall.targets.Target;
import io.netnswatch.oncall.targets.Webhook;
import io.netnswatch.oncall.targets.WebhookSignature;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One of {@code targets}, as it is written. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(name = "alertmanager", value = TargetConfig.ForAlertmanager.class),
  @JsonSubTypes.Type(name = "pagerduty", value = TargetConfig.ForPagerDuty.class),
  @JsonSubTypes.Type(name = "webhook", value = TargetConfig.ForWebhook.class)
})
sealed interface TargetConfig {

  /** The target's words. */
  Target target();

  /**
   * How it is told.
   *
   * @param standard the file's own grouping
   */
  NotificationPolicy policy(Grouping standard);

  /** Prometheus' Alertmanager. */
  record ForAlertmanager(
      @Nullable URI url,
      @Nullable Secret authorization,
      @Nullable Map<String, String> labels,
      @Nullable Duration repeat,
      @Nullable GroupingConfig grouping,
      @Nullable RateLimitConfig rateLimit)
      implements TargetConfig {

    private static final Pattern LABEL_NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
    private static final Duration DEFAULT_REPEAT = Duration.ofMinutes(1);
    private static final Duration SHORTEST_REPEAT = Duration.ofSeconds(1);

    /** As long as Prometheus repeats what is resolved. */
    private static final Duration REPEAT_RESOLVED = Duration.ofMinutes(15);

    /** A firing alert outlives so many tellings that fail. */
    private static final int MISSED_REPEATS = 10;

    private static final int ALERTS_PER_REQUEST = 64;

    public ForAlertmanager {
      needed("url", url);
      checkHeader(authorization);
      labels = labels == null ? Map.of() : Map.copyOf(labels);
      for (String name : labels.keySet()) {
        check(LABEL_NAME.matcher(name).matches(), "labels", name + " is no name of a label");
      }
      repeat = repeat == null ? DEFAULT_REPEAT : repeat;
      check(
          repeat.compareTo(SHORTEST_REPEAT) >= 0 && repeat.compareTo(REPEAT_RESOLVED) <= 0,
          "repeat",
          "from 1s to 15m is wanted here");
    }

    @Override
    public Target target() {
      return new Alertmanager(
          needed("url", url),
          authorization,
          needed("labels", labels),
          needed("repeat", repeat).multipliedBy(MISSED_REPEATS));
    }

    @Override
    public NotificationPolicy policy(Grouping standard) {
      return TargetConfig.policy(
          standard,
          grouping,
          rateLimit,
          new RepeatPolicy(needed("repeat", repeat), REPEAT_RESOLVED),
          ALERTS_PER_REQUEST);
    }
  }

  /** PagerDuty. */
  record ForPagerDuty(
      @Nullable URI url,
      @Nullable Secret routingKey,
      @Nullable GroupingConfig grouping,
      @Nullable RateLimitConfig rateLimit)
      implements TargetConfig {

    public ForPagerDuty {
      String key = needed("routing-key", routingKey).reveal();
      int length = key.length();
      check(
          length == PagerDuty.ROUTING_KEY_LENGTH,
          "routing-key",
          "it has " + PagerDuty.ROUTING_KEY_LENGTH + " characters, this one " + length);
      check(
          key.matches("[A-Za-z0-9]*"),
          "routing-key",
          "it is of letters and digits only, this one is not");
    }

    @Override
    public Target target() {
      return new PagerDuty(
          url == null ? PagerDuty.DEFAULT_URL : url, needed("routing-key", routingKey));
    }

    @Override
    public NotificationPolicy policy(Grouping standard) {
      return TargetConfig.policy(standard, grouping, rateLimit, RepeatPolicy.NEVER, 1);
    }
  }

  /** Any HTTP server. */
  record ForWebhook(
      @Nullable URI url,
      @Nullable Secret authorization,
      @Nullable Secret secret,
      @Nullable GroupingConfig grouping,
      @Nullable RateLimitConfig rateLimit)
      implements TargetConfig {

    public ForWebhook {
      needed("url", url);
      checkHeader(authorization);
      if (secret != null) {
        signature(secret);
      }
    }

    private static WebhookSignature signature(Secret secret) {
      try {
        return new WebhookSignature(secret);
      } catch (IllegalArgumentException e) {
        throw new InvalidSettingException("secret", "behind whsec_ there must be base64");
      }
    }

    @Override
    public Target target() {
      return new Webhook(
          needed("url", url), authorization, secret == null ? null : signature(secret));
    }

    @Override
    public NotificationPolicy policy(Grouping standard) {
      return TargetConfig.policy(standard, grouping, rateLimit, RepeatPolicy.NEVER, 1);
    }
  }

  private static void checkHeader(@Nullable Secret authorization) {
    check(
        authorization == null || authorization.fitsInHeader(),
        "authorization",
        "it holds a line break or another character that an HTTP header can't carry");
  }

  private static NotificationPolicy policy(
      Grouping standard,
      @Nullable GroupingConfig grouping,
      @Nullable RateLimitConfig rateLimit,
      RepeatPolicy repeat,
      int batch) {
    return new NotificationPolicy(
        grouping == null ? standard : grouping.or(standard),
        repeat,
        Backoff.STANDARD,
        rateLimit == null ? null : rateLimit.rateLimit(),
        batch);
  }
}
