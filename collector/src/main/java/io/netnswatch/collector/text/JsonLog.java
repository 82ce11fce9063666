package io.netnswatch.collector.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stores of logs answer: one value of JSON with many records in it, on one line or on many, or
 * the same in YAML. Elasticsearch's {@code hits}, Loki's {@code values}, Google Cloud's and
 * Grafana's arrays, CloudWatch's {@code events}, OpenTelemetry's {@code resourceLogs}, Azure's
 * tables of {@code columns} and {@code rows}. A record has a message and a time.
 */
final class JsonLog {

  private static final int FEWEST_RECORDS = 2;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(32)
                          .maxStringLength(1 << 20)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** How YAML of Kubernetes and of Google Cloud begins; others are not looked into. */
  private static final List<String> YAML =
      List.of("---\n", "apiVersion: ", "insertId: ", "items:\n");

  private static final YAMLMapper YAML_MAPPER = new YAMLMapper();

  private JsonLog() {}

  /** Whether a text may be such a value by how it begins; a line of dmesg begins with {@code [}. */
  static boolean mayBegin(byte[] text, int length) {
    int first = next(text, length, 0);
    int second = next(text, length, first + 1);
    boolean json =
        second < length
            && ((text[first] == '{' && text[second] == '"')
                || (text[first] == '[' && text[second] == '{'));
    return json || isYaml(text, length);
  }

  private static boolean isYaml(byte[] text, int length) {
    String beginning = new String(text, 0, Math.min(length, 16), StandardCharsets.UTF_8);
    return YAML.stream().anyMatch(beginning::startsWith);
  }

  private static int next(byte[] text, int length, int from) {
    int at = from;
    while (at < length && text[at] <= ' ' && text[at] >= 0) {
      at++;
    }
    return at;
  }

  /** Its records as they stand; none if it is no such value. */
  static List<JournalRecord> records(byte[] text) {
    List<JournalRecord> records = new ArrayList<>();
    try {
      if (isYaml(text, text.length)) {
        MappingIterator<JsonNode> documents =
            YAML_MAPPER.readerFor(JsonNode.class).readValues(text);
        while (documents.hasNextValue()) {
          collect(documents.nextValue(), null, records);
        }
        return records;
      }
      collect(MAPPER.readTree(text), null, records);
    } catch (IOException e) {
      return List.of(); // a value a line, cut off, or no JSON
    }
    return records.size() < FEWEST_RECORDS ? List.of() : records;
  }

  /**
   * @param host of the streams that it is in
   */
  private static void collect(JsonNode node, @Nullable String host, List<JournalRecord> records) {
    JournalRecord record = JournalRecord.mayBe(node) ? JournalRecord.parse(node.toString()) : null;
    if (record != null && !record.stamp().isEmpty()) {
      records.add(record.orOfHost(host));
      return;
    }
    if (node.path("columns").isArray() && node.path("rows").isArray()) {
      for (JsonNode row : node.path("rows")) {
        JournalRecord ofRow = JournalRecord.ofRow(node.path("columns"), row);
        if (ofRow != null) {
          records.add(ofRow);
        }
      }
      return;
    }
    String labelled = node.isObject() ? JournalRecord.hostIn(node.path("stream")) : null;
    String stream = labelled != null ? labelled : JournalRecord.hostOf(node.path("resource"));
    for (JsonNode child : node) {
      JournalRecord pair = JournalRecord.ofPair(child);
      pair = pair == null ? JournalRecord.ofFields(child) : pair;
      if (pair != null) {
        records.add(pair.orOfHost(host));
      } else if (child.isContainerNode()) {
        collect(child, stream != null ? stream : host, records);
      }
    }
  }
}
