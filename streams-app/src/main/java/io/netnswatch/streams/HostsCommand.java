package io.netnswatch.streams;

import com.fasterxml.jackson.databind.JsonNode;
import io.netnswatch.command.Commands;
import io.netnswatch.command.MustBe;
import io.netnswatch.command.Version;
import io.netnswatch.command.WordForm;
import io.netnswatch.streams.http.DetectorServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code netnswatch hosts}: lists them, and retires one. */
@Command(
    name = "hosts",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Lists the hosts, as a running detector knows them.")
public final class HostsCommand implements Callable<Integer> {

  private static final String ROW = "%-12s %-40s %-26s %s%n";

  @Mixin private DetectorOptions detector = new DetectorOptions();

  @Option(names = "--json", description = "Print one JSON object per line.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] args) {
    System.exit(Commands.run(new HostsCommand(), args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    JsonNode answer = detector.get("/api/hosts");
    if (json) {
      answer.path("hosts").forEach(out::println);
    } else {
      out.printf(ROW, "STATUS", "HOST", "LAST HEARD", "KERNEL");
      for (JsonNode it : answer.path("hosts")) {
        out.printf(
            ROW,
            it.path("status").asText(),
            it.path("host").asText(),
            it.path("latest_event_at").asText(),
            it.path("kernel_release").asText());
      }
    }
    out.flush();
    return 0;
  }

  @Command(
      name = "retire",
      mixinStandardHelpOptions = true,
      description = {
        "Resolves the open incidents of a host that is out of service, or renamed, and forgets it.",
        "If it is heard of again, it begins anew."
      })
  Integer retire(
      @Mixin DetectorOptions from,
      @MustBe(WordForm.TEXT)
          @Option(
              names = "--reason",
              paramLabel = "TEXT",
              defaultValue = "the host was retired",
              description = "Why, in words; it stands in its incidents.")
          String reason,
      @Parameters(paramLabel = "HOST", description = "Its name.") String host)
      throws IOException, InterruptedException {
    JsonNode done =
        from.change(
            "/api/hosts/" + DetectorServer.encoded(host) + "/retire", Map.of("reason", reason));
    PrintWriter out = spec.commandLine().getOut();
    out.printf("retired %s; incidents resolved: %d%n", host, done.path("resolved").asInt());
    out.flush();
    return 0;
  }
}
