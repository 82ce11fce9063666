package io.netnswatch.streams;

import com.fasterxml.jackson.databind.JsonNode;
import io.netnswatch.command.Commands;
import io.netnswatch.command.MustBe;
import io.netnswatch.command.Version;
import io.netnswatch.command.WordForm;
import io.netnswatch.streams.http.DetectorServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code netnswatch incidents}: lists them, shows one, closes one. */
@Command(
    name = "incidents",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description =
        "Lists the open incidents, as a running detector knows them; --all: and the latest others.")
public final class IncidentsCommand implements Callable<Integer> {

  private static final String ROW = "%-10s %-10s %-24s %s%n           %s%n";

  @Mixin private DetectorOptions detector = new DetectorOptions();

  @Option(names = "--all", description = "Those that are over too.")
  private boolean all;

  @Option(names = "--json", description = "Print one JSON object per line.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] args) {
    System.exit(Commands.run(new IncidentsCommand(), args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    List<JsonNode> shown = new ArrayList<>();
    for (JsonNode it : incidents()) {
      if (all || !isOver(it)) {
        shown.add(it);
      }
    }
    if (json) {
      shown.forEach(out::println);
    } else if (shown.isEmpty()) {
      out.println(all ? "No incidents." : "No open incidents.");
    } else {
      out.printf(ROW, "STATUS", "SEVERITY", "STARTED", "TITLE", "INCIDENT");
      shown.forEach(
          it ->
              out.printf(
                  ROW,
                  text(it, "status"),
                  text(it, "severity"),
                  text(it, "started_at"),
                  text(it, "title"),
                  text(it, "incident_key")));
    }
    out.flush();
    return 0;
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "All that is known of one.")
  Integer show(
      @Mixin DetectorOptions from,
      @Parameters(paramLabel = "INCIDENT", description = "Its key, as the list has it.") String key)
      throws IOException, InterruptedException {
    detector = from;
    JsonNode it = find(key);
    PrintWriter out = spec.commandLine().getOut();
    out.println(text(it, "title"));
    out.printf(
        "%s, %s, %s; started %s, last step %s%n",
        text(it, "status"),
        text(it, "severity"),
        text(it, "confidence"),
        text(it, "started_at"),
        text(it, "updated_at"));
    out.println(text(it, "description"));
    out.println("Runbook:  " + text(it, "runbook_url"));
    out.flush();
    return 0;
  }

  @Command(
      name = "close",
      mixinStandardHelpOptions = true,
      description = {
        "Resolves an open incident, and says why.",
        "For one that nothing can end any more. Where what it stands on is seen again, another"
            + " opens."
      })
  Integer close(
      @Mixin DetectorOptions from,
      @MustBe(WordForm.TEXT)
          @Option(
              names = "--reason",
              paramLabel = "TEXT",
              required = true,
              description = "Why, in words; it stands in the incident.")
          String reason,
      @Parameters(paramLabel = "INCIDENT", description = "Its key, as the list has it.") String key)
      throws IOException, InterruptedException {
    detector = from;
    JsonNode it = find(key);
    String path = "/api/hosts/" + DetectorServer.encoded(text(it, "host")) + "/close";
    JsonNode done = detector.change(path, Map.of("incident_key", key, "reason", reason));
    if (done.path("resolved").asInt() == 0) {
      throw new IOException(key + " is not open");
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println("closed " + key);
    out.flush();
    return 0;
  }

  private JsonNode find(String key) throws IOException, InterruptedException {
    for (JsonNode it : incidents()) {
      if (text(it, "incident_key").equals(key)) {
        return it;
      }
    }
    throw new IOException("no incident " + key + " is known: see netnswatch incidents --all");
  }

  /** Of all instances; some may be missing. */
  private JsonNode incidents() throws IOException, InterruptedException {
    JsonNode answer = detector.get("/api/incidents");
    for (JsonNode it : answer.path("missing_instances")) {
      spec.commandLine()
          .getErr()
          .printf(
              "netnswatch incidents: the instance %s did not answer: %s%n",
              text(it, "address"), text(it, "problem"));
    }
    return answer.path("incidents");
  }

  private static boolean isOver(JsonNode incident) {
    return text(incident, "status").equals("RESOLVED");
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asText();
  }
}
