package io.netnswatch.collector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netnswatch.command.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Runs {@code diagnose}, for tests. */
public final class DiagnoseRunner {

  private DiagnoseRunner() {}

  /**
   * What it said.
   *
   * @param words its words, its JSON lines and its errors, one after another
   * @param kinds of the incidents, in order
   */
  public record Answer(int exitCode, String words, List<String> kinds) {}

  /** In words, and as JSON. */
  public static Answer diagnose(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter json = new StringWriter();
    int exitCode = run(out, out, arguments);
    List<String> asJson = new ArrayList<>(List.of(arguments));
    asJson.add("--json");
    run(json, new StringWriter(), asJson.toArray(String[]::new));
    return new Answer(exitCode, out + "\n" + json, kinds(json.toString()));
  }

  private static int run(StringWriter out, StringWriter err, String... arguments) {
    return Commands.line(new DiagnoseCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private static List<String> kinds(String json) {
    List<String> kinds = new ArrayList<>();
    for (String line : json.lines().toList()) {
      try {
        JsonNode node = new JsonMapper().readTree(line);
        if ("incident".equals(node.path("type").asText())) {
          kinds.add(node.path("kind").asText());
        }
      } catch (IOException e) {
        throw new UncheckedIOException(line, e);
      }
    }
    return kinds;
  }
}
