package io.netnswatch.oncall.config;

import static io.netnswatch.oncall.config.InvalidSettingException.check;
import static io.netnswatch.oncall.config.InvalidSettingException.needed;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.netnswatch.oncall.actors.Actor;
import io.netnswatch.oncall.actors.KubernetesNode;
import io.netnswatch.oncall.actors.NovaCompute;
import io.netnswatch.oncall.actors.Program;
import io.netnswatch.oncall.targets.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One of {@code actions}, as it is written: what is done, and when. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(name = "kubernetes", value = ActionConfig.ForKubernetes.class),
  @JsonSubTypes.Type(name = "openstack", value = ActionConfig.ForOpenStack.class),
  @JsonSubTypes.Type(name = "exec", value = ActionConfig.ForProgram.class)
})
sealed interface ActionConfig {

  /** When it is done, and the brakes. */
  ActionPolicyConfig when();

  /**
   * Who does it.
   *
   * @throws InvalidSettingException if what is named is not there
   */
  Actor actor(InstantSource clock);

  /** A node of Kubernetes. */
  record ForKubernetes(
      @Nullable URI apiUrl,
      @Nullable Path tokenFile,
      @Nullable Path caFile,
      @Nullable Boolean condition,
      @Nullable Boolean event,
      @Nullable Boolean cordon,
      @Nullable String taint,
      ActionPolicyConfig when)
      implements ActionConfig {

    private static final URI IN_CLUSTER = URI.create("https://kubernetes.default.svc");
    private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    public ForKubernetes {
      needed("when", when);
      if (taint != null) {
        parse(taint);
      }
    }

    private static KubernetesNode.Taint parse(String taint) {
      try {
        return KubernetesNode.Taint.parse(taint);
      } catch (IllegalArgumentException e) {
        throw new InvalidSettingException("taint", String.valueOf(e.getMessage()));
      }
    }

    @Override
    public Actor actor(InstantSource clock) {
      boolean isInCluster = apiUrl == null;
      Path token = isInCluster && tokenFile == null ? ACCOUNT.resolve("token") : tokenFile;
      Path authority = isInCluster && caFile == null ? ACCOUNT.resolve("ca.crt") : caFile;
      checkReadable("token-file", token);
      checkReadable("ca-file", authority);
      try {
        return new KubernetesNode(
            new KubernetesNode.Settings(
                Objects.requireNonNullElse(apiUrl, IN_CLUSTER),
                token,
                authority,
                Objects.requireNonNullElse(condition, true),
                Objects.requireNonNullElse(event, true),
                Objects.requireNonNullElse(cordon, false),
                taint == null ? null : parse(taint)),
            clock);
      } catch (IOException e) {
        throw new InvalidSettingException("ca-file", String.valueOf(e.getMessage()));
      }
    }

    private static void checkReadable(String key, @Nullable Path file) {
      check(
          file == null || Files.isReadable(file),
          key,
          "there is no file " + file + " that can be read");
    }
  }

  /** A compute host of OpenStack. */
  record ForOpenStack(
      @Nullable URI authUrl,
      @Nullable String applicationCredentialId,
      @Nullable Secret applicationCredentialSecret,
      @Nullable String region,
      @Nullable String endpointInterface,
      ActionPolicyConfig when)
      implements ActionConfig {

    public ForOpenStack {
      needed("when", when);
      needed("auth-url", authUrl);
      needed("application-credential-id", applicationCredentialId);
      needed("application-credential-secret", applicationCredentialSecret);
      endpointInterface = endpointInterface == null ? "public" : endpointInterface;
      check(
          List.of("public", "internal", "admin").contains(endpointInterface),
          "endpoint-interface",
          "public, internal or admin is wanted here");
    }

    @Override
    public Actor actor(InstantSource clock) {
      return new NovaCompute(
          new NovaCompute.Settings(
              needed("auth-url", authUrl),
              needed("application-credential-id", applicationCredentialId),
              needed("application-credential-secret", applicationCredentialSecret),
              region,
              needed("endpoint-interface", endpointInterface)),
          clock);
    }
  }

  /** A program of the user's. */
  record ForProgram(
      @Nullable List<String> command,
      @Nullable String user,
      @Nullable Duration timeLimit,
      ActionPolicyConfig when)
      implements ActionConfig {

    private static final Duration DEFAULT_LIMIT = Duration.ofSeconds(30);
    private static final Duration LONGEST_LIMIT = Duration.ofMinutes(10);

    public ForProgram {
      needed("when", when);
      check(command != null && !command.isEmpty(), "command", "a path and arguments are needed");
      command = List.copyOf(command);
      check(
          Path.of(command.get(0)).isAbsolute(),
          "command",
          "an absolute path is wanted first: no shell looks for it");
      timeLimit = timeLimit == null ? DEFAULT_LIMIT : timeLimit;
      check(
          !timeLimit.isZero() && timeLimit.compareTo(LONGEST_LIMIT) <= 0,
          "time-limit",
          "up to 10m is wanted here");
    }

    @Override
    public Actor actor(InstantSource clock) {
      List<String> program = needed("command", command);
      Path file = Path.of(program.get(0));
      check(
          Files.isRegularFile(file) && Files.isExecutable(file),
          "command",
          "there is no program " + file + " that can be run");
      return new Program(
          new Program.Settings(
              program, user, Objects.requireNonNullElse(timeLimit, DEFAULT_LIMIT)));
    }
  }
}
