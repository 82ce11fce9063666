package io.netnswatch.streams.topics;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.netnswatch.command.Commands;
import io.netnswatch.command.Durations;
import io.netnswatch.command.Json;
import io.netnswatch.command.Range;
import io.netnswatch.command.Version;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.command.cluster.ClusterOptions;
import io.netnswatch.command.topics.TopicPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code netnswatch topics}: makes the topics, or says whether they are as they must be. */
@Command(
    name = "topics",
    description = "The topics and their schemas: makes them, or checks them.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {TopicsCommand.Create.class, TopicsCommand.Check.class})
public final class TopicsCommand implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] args) {
    System.exit(Commands.run(new TopicsCommand(), args));
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "say what to do: topics create, or topics check");
  }

  /** What both need to know. */
  private static final class PlanOptions {

    /** Less, and the detector could lose what it has not yet read. */
    private static final Duration LEAST_RETENTION = Duration.ofHours(1);

    @Mixin private ClusterOptions cluster = new ClusterOptions();

    @Range(min = "1", max = "10000")
    @Option(
        names = "--partitions",
        paramLabel = "N",
        defaultValue = "12",
        description = "Of each topic; more of them can share more work, and can't be fewer later.")
    private int partitions = 12;

    @Range(min = "-1", max = "100")
    @Option(
        names = "--replication-factor",
        paramLabel = "N",
        defaultValue = "-1",
        description = "Copies of each partition; -1 is the broker's default.")
    private short replicationFactor = -1;

    @Option(
        names = "--retention",
        paramLabel = "TIME|forever",
        defaultValue = "7d",
        description = "How long telemetry is kept.")
    private String retention = "7d";

    @Option(names = "--json", description = "One JSON object for each difference.")
    private boolean json;

    private TopicPlan plan(Cluster kafka) {
      return new TopicPlan(kafka.topics(), partitions, replicationFactor, retentionMs());
    }

    private long retentionMs() {
      if (retention.equals("forever")) {
        return -1;
      }
      try {
        Duration kept = Durations.parse(retention);
        if (kept.compareTo(LEAST_RETENTION) < 0) {
          throw new IllegalArgumentException("less than " + Durations.format(LEAST_RETENTION));
        }
        return kept.toMillis();
      } catch (IllegalArgumentException e) {
        throw new CommandLine.ParameterException(
            cluster.commandLine(),
            "--retention must be 1h or more, or forever: " + e.getMessage(),
            e);
      }
    }

    private void print(List<Finding> findings, PrintWriter out) {
      if (json) {
        findings.forEach(it -> out.println(Json.MAPPER.valueToTree(it).toString()));
      } else if (findings.isEmpty()) {
        out.println("All topics and schemas are as they must be.");
      } else {
        String row = "%-32s %-38s %-20s %s%n";
        out.printf(row, "TOPIC", "WHAT", "FOUND", "WANTED");
        findings.forEach(it -> out.printf(row, it.topic(), it.setting(), it.found(), it.wanted()));
      }
      out.flush();
    }
  }

  /** Makes what is missing. */
  @Command(
      name = "create",
      description = "Creates what is missing; what exists is left as it is. May be run again.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class,
      showDefaultValues = true,
      sortOptions = false)
  static final class Create implements Callable<Integer> {

    @Mixin private PlanOptions options = new PlanOptions();

    @Option(names = "--dry-run", description = "Only says what is missing or differs.")
    private boolean dryRun;

    @Option(
        names = "--alter",
        description = "Also sets existing topics' settings as planned; never their partitions.")
    private boolean alter;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call()
        throws IOException, RestClientException, ExecutionException, InterruptedException {
      Cluster kafka = options.cluster.cluster();
      TopicPlan plan = options.plan(kafka);
      SchemaRegistryClient registry = kafka.registry();
      try (Admin admin = Admin.create(kafka.clientSettings())) {
        TopicCheck check = new TopicCheck(plan, admin, registry);
        if (!dryRun) {
          plan.create(admin);
          plan.registerSchemas(registry);
          if (alter) {
            check.alter(check.findings());
          }
        }
        List<Finding> left = check.findings();
        options.print(left, spec.commandLine().getOut());
        return dryRun || left.isEmpty() ? 0 : 1;
      }
    }
  }

  /** Says what differs. */
  @Command(
      name = "check",
      description = "Says what differs from what the detector needs. Exit code 1 if anything does.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class,
      showDefaultValues = true,
      sortOptions = false)
  static final class Check implements Callable<Integer> {

    @Mixin private PlanOptions options = new PlanOptions();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call()
        throws IOException, RestClientException, ExecutionException, InterruptedException {
      Cluster kafka = options.cluster.cluster();
      try (Admin admin = Admin.create(kafka.clientSettings())) {
        List<Finding> findings =
            new TopicCheck(options.plan(kafka), admin, kafka.registry()).findings();
        options.print(findings, spec.commandLine().getOut());
        return findings.isEmpty() ? 0 : 1;
      }
    }
  }
}
