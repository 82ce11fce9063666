package io.netnswatch.interop;

import io.netnswatch.schema.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.Schema;

/**
 * What can be said of ksqlDB statements without ksqlDB: every column that one names exists where it
 * reads, a field after {@code ->} exists in that record, every topic and function exists, and no
 * reserved word is used as a name. It knows no grammar beyond that.
 */
final class KsqlDbScript {

  private static final Pattern TOKEN =
      Pattern.compile("'(?:[^']|'')*'|`[^`]*`|[A-Za-z_][A-Za-z0-9_]*|\\d+|->|[^\\s]");
  private static final Pattern NAME = Pattern.compile("[A-Z_][A-Z0-9_]*");

  /** Words of the language that our statements may use. */
  private static final Set<String> WORDS =
      Set.of(
          ("SET DEFINE CREATE SOURCE STREAM TABLE AS SELECT FROM WHERE AND OR NOT NULL IS GROUP BY"
                  + " EMIT CHANGES INSERT INTO LEFT JOIN ON CASE WHEN THEN ELSE END WITH STRING"
                  + " BIGINT DOUBLE BYTES KEY PRIMARY HEADER KAFKA_TOPIC KEY_FORMAT VALUE_FORMAT"
                  + " FALSE")
              .split(" "));

  /** Names that need back-ticks. Not all that the language has: those that one may stumble over. */
  private static final Set<String> RESERVED =
      Set.of(
          ("NAMESPACE GROUP END SAMPLE SIZE WINDOW TOPIC STREAM TABLE TO FROM LIST QUERY VALUES CASE"
                  + " RETENTION AT AS BY IN IS ON OR AND NOT NULL LIKE BETWEEN SELECT WHERE HAVING"
                  + " LIMIT JOIN LEFT RIGHT FULL INNER OUTER WITH WITHIN WHEN THEN ELSE TRUE FALSE"
                  + " CREATE INSERT INTO DELETE DROP DESCRIBE PRINT EXISTS CAST DISTINCT ALL BEGINNING"
                  + " TERMINATE PAUSE RESUME TOPICS STREAMS QUERIES SCRIPT RUN UNSET CONNECTOR")
              .split(" "));

  /** Of the functions in ksqlDB's reference those that our statements may use. */
  private static final Set<String> FUNCTIONS =
      Set.of(
          ("ARRAY_CONTAINS ARRAY_JOIN ARRAY_LENGTH CAST COALESCE COLLECT_SET CONCAT COUNT EXPLODE"
                  + " FROM_BYTES HEADER LATEST_BY_OFFSET MAX MIN REGEXP_EXTRACT SUM TOPK"
                  + " UNIX_TIMESTAMP WITH")
              .split(" "));

  private static final Schema SCALAR = Schema.create(Schema.Type.STRING);

  private final Map<String, Map<String, Schema>> sources = new HashMap<>();
  private final Set<String> topics = new TreeSet<>();
  private final List<String> violations = new ArrayList<>();

  /** Takes in a script that may read what earlier ones created. */
  void add(String script) {
    for (String statement : Queries.statements(script)) {
      List<String> tokens = tokens(statement);
      int select = tokens.indexOf("SELECT");
      boolean ofTopic = tokens.indexOf("KAFKA_TOPIC") >= 0;
      if (ofTopic) {
        addTopic(tokens);
      } else if (select >= 0) {
        Map<String, Schema> columns = select(tokens.subList(select, tokens.size()));
        if (tokens.get(0).equals("CREATE")) {
          create(tokens.get(2), columns);
        } else if (tokens.get(0).equals("INSERT")
            && !columns.keySet().equals(source(tokens.get(2)).keySet())) {
          violations.add("INSERT INTO " + tokens.get(2) + ": other columns");
        }
      } else if (!Set.of("SET", "DEFINE").contains(tokens.get(0))) {
        violations.add("what is " + statement);
      }
    }
  }

  /** Topics that are read. */
  Set<String> topics() {
    return topics;
  }

  /** Streams and tables that are created. */
  Set<String> names() {
    return sources.keySet();
  }

  /** What is wrong, in words. */
  List<String> violations() {
    return violations;
  }

  private void addTopic(List<String> tokens) {
    String topic = literal(tokens.get(tokens.indexOf("KAFKA_TOPIC") + 2));
    topics.add(topic);
    int open = tokens.indexOf("(");
    Map<String, Schema> columns = new HashMap<>();
    for (List<String> column : split(tokens.subList(open + 1, tokens.indexOf("WITH") - 1))) {
      columns.put(define(column.get(0)), SCALAR);
    }
    if (literal(tokens.get(tokens.indexOf("VALUE_FORMAT") + 2)).equals("AVRO")) {
      for (Schema.Field field : Topics.withDefaultPrefix().schemaOf(topic).getFields()) {
        columns.put(define(field.name().toUpperCase(Locale.ROOT)), field.schema());
      }
    }
    create(tokens.get(open - 1), columns);
  }

  private void create(String name, Map<String, Schema> columns) {
    if (sources.put(define(name), columns) != null) {
      violations.add(name + ": created twice");
    }
  }

  private Map<String, Schema> select(List<String> tokens) {
    int from = tokens.indexOf("FROM");
    Map<String, Schema> scope = new HashMap<>();
    for (String pseudo : List.of("ROWTIME", "ROWPARTITION", "ROWOFFSET")) {
      scope.put(pseudo, SCALAR);
    }
    Map<String, Map<String, Schema>> byAlias = new HashMap<>();
    for (int i = from; i < tokens.size(); i++) {
      if (Set.of("FROM", "JOIN").contains(tokens.get(i))) {
        Map<String, Schema> columns = source(tokens.get(i + 1));
        scope.putAll(columns);
        if (i + 2 < tokens.size()
            && NAME.matcher(tokens.get(i + 2)).matches()
            && !WORDS.contains(tokens.get(i + 2))) {
          byAlias.put(tokens.get(i + 2), columns);
        }
      }
    }
    Map<String, Schema> result = new HashMap<>();
    for (List<String> item : split(tokens.subList(1, from))) {
      if (item.equals(List.of("*"))) {
        result.putAll(source(tokens.get(from + 1)));
        continue;
      }
      boolean named = item.size() > 2 && item.get(item.size() - 2).equals("AS");
      List<String> expression = named ? item.subList(0, item.size() - 2) : item;
      Schema type = check(expression, scope, byAlias);
      result.put(define(item.get(item.size() - 1)), type);
    }
    List<String> rest = new ArrayList<>();
    for (int i = from; i < tokens.size(); i++) {
      boolean sourceName = i > from && Set.of("FROM", "JOIN").contains(tokens.get(i - 1));
      boolean alias =
          i > from + 1
              && Set.of("FROM", "JOIN").contains(tokens.get(i - 2))
              && byAlias.containsKey(tokens.get(i));
      if (!sourceName && !alias) {
        rest.add(tokens.get(i));
      }
    }
    check(rest, scope, byAlias);
    return result;
  }

  /** The type of an expression that is a path, perhaps exploded; of others some scalar. */
  private Schema check(
      List<String> tokens, Map<String, Schema> scope, Map<String, Map<String, Schema>> byAlias) {
    Schema type = SCALAR;
    for (int i = 0; i < tokens.size(); i++) {
      String token = tokens.get(i);
      String before = i == 0 ? "" : tokens.get(i - 1);
      String after = i + 1 == tokens.size() ? "" : tokens.get(i + 1);
      boolean name = NAME.matcher(token).matches();
      if (before.equals("->")) {
        type = field(type, token);
      } else if (token.equals("[")) {
        type = element(type);
        i += 2;
      } else if (name && after.equals("(")) {
        if (!FUNCTIONS.contains(token) && !WORDS.contains(token)) {
          violations.add(token + ": no such function");
        }
      } else if (name && after.equals(".")) {
        type = column(byAlias.getOrDefault(token, Map.of()), tokens.get(i + 2));
        i += 2;
      } else if (name && !WORDS.contains(token)) {
        type = column(scope, token);
      }
    }
    return tokens.get(0).equals("EXPLODE") ? element(type) : type;
  }

  private Schema column(Map<String, Schema> scope, String name) {
    Schema type = scope.get(name);
    if (type == null) {
      violations.add(name + ": no such column");
      return SCALAR;
    }
    return type;
  }

  private Schema field(Schema struct, String name) {
    Schema record = withoutNull(struct);
    if (record.getType() == Schema.Type.RECORD) {
      Schema.Field field = record.getField(name.toLowerCase(Locale.ROOT));
      if (field != null) {
        return field.schema();
      }
    }
    violations.add("->" + name + ": no such field");
    return SCALAR;
  }

  private Schema element(Schema list) {
    Schema array = withoutNull(list);
    if (array.getType() == Schema.Type.ARRAY) {
      return array.getElementType();
    }
    violations.add("not a list: " + list);
    return SCALAR;
  }

  private static Schema withoutNull(Schema schema) {
    return schema.getType() == Schema.Type.UNION ? schema.getTypes().get(1) : schema;
  }

  private Map<String, Schema> source(String name) {
    Map<String, Schema> columns = sources.get(name);
    if (columns == null) {
      violations.add(name + ": no such stream or table");
      return Map.of();
    }
    return columns;
  }

  private String define(String name) {
    if (RESERVED.contains(name)) {
      violations.add(name + ": reserved word");
    }
    return name;
  }

  /** Names in capitals, as ksqlDB takes them; texts as they are. */
  private static List<String> tokens(String statement) {
    Matcher matcher = TOKEN.matcher(statement);
    List<String> tokens = new ArrayList<>();
    while (matcher.find()) {
      String token = matcher.group();
      tokens.add(token.startsWith("'") ? token : token.toUpperCase(Locale.ROOT));
    }
    return tokens;
  }

  /** At the commas that are in no parentheses. */
  private static List<List<String>> split(List<String> tokens) {
    List<List<String>> parts = new ArrayList<>(List.of(new ArrayList<>()));
    int depth = 0;
    for (String token : tokens) {
      depth += token.equals("(") ? 1 : token.equals(")") ? -1 : 0;
      if (depth == 0 && token.equals(",")) {
        parts.add(new ArrayList<>());
      } else {
        parts.get(parts.size() - 1).add(token);
      }
    }
    return parts;
  }

  private static String literal(String token) {
    return token.substring(1, token.length() - 1);
  }
}
