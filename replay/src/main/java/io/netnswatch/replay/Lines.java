package io.netnswatch.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netnswatch.replay.IncidentDiff.Difference;
import io.netnswatch.replay.Replay.Totals;
import io.netnswatch.schema.DeadLetterReason;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.RecordJson;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the command prints of one thing: a JSON object, or a line of words. */
final class Lines {

  private Lines() {}

  static ObjectNode incident(Incident incident) {
    return line("incident").setAll(RecordJson.of(incident));
  }

  static ObjectNode totals(Totals totals, IncidentTable table) {
    ObjectNode line = line("totals");
    line.put("events", totals.events()).put("hosts", totals.hosts());
    line.put("incidents", table.incidents()).put("steps", table.steps());
    ObjectNode unusable = line.putObject("unusable");
    for (Map.Entry<DeadLetterReason, Long> entry : totals.unusable().entrySet()) {
      unusable.put(entry.getKey().name(), entry.getValue());
    }
    return line;
  }

  static ObjectNode difference(Difference difference) {
    ObjectNode line = line("difference");
    line.put("what", difference.what().name());
    line.put("event_id", difference.step().getEventId());
    ObjectNode fields = line.putObject("fields");
    changes(difference)
        .forEach(
            (name, values) ->
                fields
                    .putObject(name)
                    .<ObjectNode>set("live", values.get(0))
                    .set("replay", values.get(1)));
    return line;
  }

  static ObjectNode comparison(IncidentDiff.Result result) {
    return line("comparison")
        .put("same", result.same())
        .put("different", result.differences().size())
        .put("compacted", result.compacted());
  }

  static String words(Difference difference) {
    StringBuilder words = new StringBuilder("  ");
    words.append(difference.what().name().toLowerCase(Locale.ROOT)).append("  ");
    words.append(difference.step().getEventId());
    changes(difference)
        .forEach(
            (name, values) ->
                words
                    .append("\n           ")
                    .append(name)
                    .append(": live ")
                    .append(values.get(0))
                    .append(", replay ")
                    .append(values.get(1)));
    return words.toString();
  }

  private static Map<String, List<JsonNode>> changes(Difference difference) {
    Incident live = difference.live();
    Incident replayed = difference.replayed();
    return live == null || replayed == null ? Map.of() : IncidentDiff.changes(live, replayed);
  }

  private static ObjectNode line(String type) {
    return JsonNodeFactory.instance.objectNode().put("type", type);
  }
}
