package io.netnswatch.interop.ksqldb;

import io.netnswatch.interop.ksqldb.Expression.Call;
import io.netnswatch.interop.ksqldb.Expression.Column;
import io.netnswatch.interop.ksqldb.Expression.Comparison;
import io.netnswatch.interop.ksqldb.Functions.Kind;
import io.netnswatch.interop.ksqldb.Statement.From;
import io.netnswatch.interop.ksqldb.Statement.Head;
import io.netnswatch.interop.ksqldb.Statement.Item;
import io.netnswatch.interop.ksqldb.Statement.Query;
import io.netnswatch.schema.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for a ksqlDB server: takes scripts and says what it would refuse, and what it would
 * take but we don't want. It knows our topics and their schemas; it holds no data.
 *
 * <p>What it refuses is what a real server (Confluent Platform 7.9.5) was seen to refuse, by its
 * grammar or by its analysis. It can refuse more than a server would: of the functions it knows
 * those of {@link Functions} alone, and of the statements those that create, set and ask.
 */
public final class KsqlDb {

  private static final Set<String> PSEUDO_COLUMNS = Set.of("ROWTIME", "ROWPARTITION", "ROWOFFSET");

  /** Aggregate functions that a table takes. */
  private static final Set<String> UNDOABLE =
      Set.of("AVG", "COLLECT_LIST", "COUNT", "STDDEV_SAMP", "SUM");

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)\\}");

  /** What a script is for. */
  public enum Script {
    /** Creates, and asks nothing: the whole of it can go through RUN SCRIPT or be repeated. */
    TABLES,
    /** Asks, and creates nothing. */
    QUESTION,
    /** What a person types. */
    AD_HOC
  }

  private record Source(
      boolean table,
      boolean windowed,
      Map<String, Type> columns,
      Set<String> keys,
      String keyFormat,
      String valueFormat) {}

  private final Topics topics = Topics.withDefaultPrefix();
  private final Map<String, Source> sources = new LinkedHashMap<>();
  private final Set<String> read = new LinkedHashSet<>();
  private final List<String> refusals = new ArrayList<>();
  private final List<Set<String>> answers = new ArrayList<>();

  /** Takes a script in, which may read what earlier ones created. */
  public void run(Script kind, String script) {
    answers.clear();
    Parser parser;
    try {
      parser = new Parser(Lexer.tokens(script));
    } catch (RefusedException e) {
      refusals.add(Objects.requireNonNull(e.getMessage()));
      return;
    }
    Set<String> defined = new HashSet<>();
    boolean fromTheBegin = false;
    while (!parser.atEnd()) {
      Statement statement;
      try {
        statement = parser.statement();
      } catch (RefusedException e) {
        refusals.add(Objects.requireNonNull(e.getMessage()));
        parser.skip();
        continue;
      }
      if (statement instanceof Statement.Define it) {
        defined.add(it.name());
      }
      fromTheBegin |= statement.equals(new Statement.Set("auto.offset.reset", "earliest"));
      try {
        allowed(kind, statement, fromTheBegin);
        execute(statement);
      } catch (RefusedException e) {
        refusals.add(Objects.requireNonNull(e.getMessage()));
      }
    }
    variables(script, defined, refusals);
  }

  private static void variables(String script, Set<String> defined, List<String> refusals) {
    VARIABLE
        .matcher(script)
        .results()
        .map(it -> it.group(1).toUpperCase(Locale.ROOT))
        .filter(name -> !defined.contains(name))
        .forEach(name -> refusals.add(name + ": not defined"));
  }

  /** What would be refused, in words, in the order of the statements. */
  public List<String> refusals() {
    return refusals;
  }

  /** Topics that are read. */
  public Set<String> topics() {
    return read;
  }

  /** Streams and tables that there are. */
  public Set<String> names() {
    return sources.keySet();
  }

  /** Columns that each SELECT of the last script answers with. */
  public List<Set<String>> answers() {
    return answers;
  }

  private static void allowed(Script kind, Statement statement, boolean fromTheBegin) {
    if (statement instanceof Statement.InsertInto it) {
      throw new RefusedException(
          "INSERT INTO %s: adds all again with each run".formatted(it.name()));
    }
    if (kind == Script.AD_HOC) {
      return;
    }
    boolean asks = statement instanceof Statement.Ask;
    if (kind == Script.TABLES) {
      if (asks) {
        throw new RefusedException("RUN SCRIPT refuses a script with SELECT");
      }
      Head head =
          statement instanceof Statement.CreateSource it
              ? it.head()
              : statement instanceof Statement.CreateAs as ? as.head() : null;
      if (head == null) {
        return;
      }
      if (!fromTheBegin) {
        throw new RefusedException(
            head.name() + ": SET 'auto.offset.reset' = 'earliest' holds for its own script alone");
      }
      if (!head.ifNotExists()) {
        throw new RefusedException(head.name() + ": a second run fails without IF NOT EXISTS");
      }
      if (statement instanceof Statement.CreateSource && !head.source()) {
        throw new RefusedException(
            head.name() + ": DROP … DELETE TOPIC would delete our topic: CREATE SOURCE");
      }
    } else if (!asks && !(statement instanceof Statement.Define)) {
      throw new RefusedException("a question that creates or sets");
    }
  }

  private void execute(Statement statement) {
    if (statement instanceof Statement.CreateSource it) {
      create(it.head(), source(it));
    } else if (statement instanceof Statement.CreateAs it) {
      create(it.head(), new PersistentQuery(it).source());
    } else if (statement instanceof Statement.Ask it) {
      if (it.query().push()) {
        throw new RefusedException("EMIT: a push query never ends");
      }
      answers.add(pull(it.query()));
    }
  }

  private void create(Head head, Source source) {
    if (sources.putIfAbsent(head.name(), source) != null) {
      throw new RefusedException(head.name() + ": created twice");
    }
  }

  private Source source(Statement.CreateSource create) {
    Head head = create.head();
    String topic = property(create.properties(), "KAFKA_TOPIC");
    String valueFormat = property(create.properties(), "VALUE_FORMAT");
    String keyFormat = property(create.properties(), "KEY_FORMAT");
    Map<String, Type> columns = new LinkedHashMap<>();
    Set<String> keys = new LinkedHashSet<>();
    int values = 0;
    for (Statement.Element element : create.elements()) {
      add(columns, element.name(), element.type());
      switch (element.role()) {
        case "KEY", "PRIMARY KEY" -> {
          if (element.role().equals("PRIMARY KEY") != head.table()) {
            throw new RefusedException(
                element.name() + ": PRIMARY KEY is a table's, KEY a stream's");
          }
          keys.add(element.name());
        }
        case "HEADER" -> {}
        default -> values++;
      }
    }
    if (head.table() && keys.isEmpty()) {
      throw new RefusedException(head.name() + ": a table has a PRIMARY KEY");
    }
    if (!topics.all().contains(topic)) {
      throw new RefusedException(topic + ": no such topic");
    }
    read.add(topic);
    if (valueFormat.equals("AVRO")) {
      if (topic.equals(topics.deadLetters())) {
        throw new RefusedException(topic + ": has no schema");
      }
      for (Schema.Field field : topics.schemaOf(topic).getFields()) {
        add(columns, field.name().toUpperCase(Locale.ROOT), Type.of(field.schema()));
      }
    } else if (valueFormat.equals("KAFKA") && values > 1) {
      throw new RefusedException(head.name() + ": format KAFKA holds one column");
    }
    return new Source(head.table(), false, columns, keys, keyFormat, valueFormat);
  }

  private static String property(Map<String, String> properties, String name) {
    String value = properties.get(name);
    if (value == null) {
      throw new RefusedException(name + ": missing");
    }
    return value;
  }

  private static void add(Map<String, Type> columns, String name, Type type) {
    if (PSEUDO_COLUMNS.contains(name) || name.equals("WINDOWSTART") || name.equals("WINDOWEND")) {
      throw new RefusedException(name + ": name of a pseudo column");
    }
    if (columns.putIfAbsent(name, type) != null) {
      throw new RefusedException(name + ": a column of this name is there already");
    }
  }

  private Source named(String name) {
    Source source = sources.get(name);
    if (source == null) {
      throw new RefusedException(name + ": no such stream or table");
    }
    return source;
  }

  private Typing scope(List<From> from) {
    Map<String, Type> unqualified = new HashMap<>();
    Map<String, Map<String, Type>> qualified = new HashMap<>();
    Set<String> ambiguous = new HashSet<>();
    for (From it : from) {
      Source source = named(it.name());
      Map<String, Type> columns = new HashMap<>(source.columns);
      PSEUDO_COLUMNS.forEach(
          name -> columns.put(name, name.equals("ROWPARTITION") ? Type.INTEGER : Type.BIGINT));
      if (source.windowed) {
        columns.put("WINDOWSTART", Type.BIGINT);
        columns.put("WINDOWEND", Type.BIGINT);
      }
      String alias = it.alias();
      qualified.put(alias == null ? it.name() : alias, columns);
      columns.forEach(
          (name, type) -> {
            if (unqualified.put(name, type) != null) {
              ambiguous.add(name);
            }
          });
    }
    ambiguous.forEach(unqualified::remove);
    return new Typing(unqualified, qualified);
  }

  /** The columns it answers with. */
  private Set<String> pull(Query query) {
    if (query.from().size() > 1) {
      throw new RefusedException("Pull queries don't support JOIN clauses");
    }
    if (query.window() != null) {
      throw new RefusedException("Pull queries don't support WINDOW clauses");
    }
    if (!query.groupBy().isEmpty()) {
      throw new RefusedException("Pull queries don't support GROUP BY clauses");
    }
    if (!query.partitionBy().isEmpty()) {
      throw new RefusedException("Pull queries don't support PARTITION BY clauses");
    }
    if (query.having().isPresent()) {
      throw new RefusedException("Pull queries don't support HAVING clauses");
    }
    Typing typing = scope(query.from());
    List<Expression> all = new ArrayList<>(query.items().stream().map(Item::value).toList());
    query.where().ifPresent(all::add);
    for (Expression expression : all) {
      expression
          .all()
          .forEach(
              it -> {
                if (it instanceof Column column
                    && Set.of("ROWPARTITION", "ROWOFFSET").contains(column.name())) {
                  throw new RefusedException("Pull queries don't support " + column.name());
                }
                onlyScalars(it, "a pull query");
              });
    }
    query.where().ifPresent(KsqlDb::filter);
    query.where().ifPresent(where -> condition(typing, where));
    return columns(query, typing).keySet();
  }

  private static void onlyScalars(Expression expression, String where) {
    if (expression instanceof Call call && Functions.kind(call.function()) != Kind.SCALAR) {
      throw new RefusedException("%s: not in %s".formatted(call.function(), where));
    }
  }

  /** Each part of it has to compare, or to be LIKE; BETWEEN and IN are rewritten so. */
  private static void filter(Expression where) {
    if (where instanceof Expression.Logical it) {
      filter(it.left());
      filter(it.right());
    } else if (!(where instanceof Comparison
        || where instanceof Expression.Like
        || where instanceof Expression.In
        || where instanceof Expression.Between)) {
      throw new RefusedException(
          "Unsupported expression in WHERE clause of a pull query: "
              + (where instanceof Expression.NullCheck
                  ? "IS NULL"
                  : where instanceof Expression.Not ? "NOT" : "a bare boolean"));
    }
  }

  private static void condition(Typing typing, Expression where) {
    if (!typing.of(where).equals(Type.BOOLEAN)) {
      throw new RefusedException("WHERE wants a condition");
    }
  }

  private Map<String, Type> columns(Query query, Typing typing) {
    Map<String, Type> columns = new LinkedHashMap<>();
    for (Item item : query.items()) {
      if (item.value() instanceof Expression.Star) {
        for (From from : query.from()) {
          named(from.name()).columns.forEach((name, type) -> add(columns, name, type));
        }
        continue;
      }
      String name = name(item);
      Type type = typing.of(item.value());
      if (name == null) {
        throw new RefusedException("a column without a name: AS");
      }
      // A pull query may answer with the time as it is.
      if (columns.putIfAbsent(name, type) != null) {
        throw new RefusedException(name + ": a column of this name is there already");
      }
    }
    return columns;
  }

  private static @Nullable String name(Item item) {
    if (item.alias() != null) {
      return item.alias();
    }
    if (item.value() instanceof Column column) {
      return column.name();
    }
    return item.value() instanceof Expression.Field field ? field.name() : null;
  }

  /** A query that goes on for good, and fills a stream or table. */
  private final class PersistentQuery {

    private final Statement.CreateAs create;
    private final Query query;
    private final Source first;
    private final boolean grouped;

    private PersistentQuery(Statement.CreateAs create) {
      this.create = create;
      this.query = create.query();
      this.first = named(query.from().get(0).name());
      this.grouped = !query.groupBy().isEmpty();
    }

    private Source source() {
      Typing typing = scope(query.from());
      query.where().ifPresent(where -> where.all().forEach(it -> onlyScalars(it, "WHERE")));
      query.where().ifPresent(where -> condition(typing, where));
      joins(typing);
      functions();
      Map<String, Type> columns = columns(query, typing);
      for (String name : columns.keySet()) {
        if (PSEUDO_COLUMNS.contains(name)) {
          throw new RefusedException(name + ": name of a pseudo column");
        }
      }
      Set<String> keys = keys();
      String keyFormat = create.properties().getOrDefault("KEY_FORMAT", first.keyFormat);
      String valueFormat = create.properties().getOrDefault("VALUE_FORMAT", first.valueFormat);
      if (keys.size() > 1 && keyFormat.equals("KAFKA")) {
        throw new RefusedException("a key of several columns: not in format KAFKA");
      }
      if (valueFormat.equals("KAFKA") && columns.size() - keys.size() > 1) {
        throw new RefusedException("several columns: not in format KAFKA");
      }
      boolean table = grouped || first.table;
      if (table != create.head().table()) {
        throw new RefusedException(
            create.head().name() + (table ? ": is a table" : ": is a stream"));
      }
      return new Source(table, query.window() != null, columns, keys, keyFormat, valueFormat);
    }

    private void joins(Typing typing) {
      for (From from : query.from()) {
        if (from.on().isEmpty()) {
          continue;
        }
        Expression on = from.on().get();
        if (!(on instanceof Comparison it && it.operator().equals("="))) {
          throw new RefusedException("JOIN: ON wants one equality");
        }
        boolean streams = !first.table && !named(from.name()).table;
        if (streams != from.within()) {
          throw new RefusedException("JOIN: WITHIN is for two streams, and only for them");
        }
        if (first.table && !named(from.name()).table) {
          throw new RefusedException("JOIN: a table with a stream");
        }
        Type left = typing.of(it.left());
        Type right = typing.of(it.right());
        if (!left.equals(right)) {
          throw new RefusedException("JOIN: %s with %s".formatted(left, right));
        }
      }
    }

    private void functions() {
      boolean explodes = false;
      boolean aggregates = false;
      for (Item item : query.items()) {
        for (Expression part : item.value().all().toList()) {
          Kind kind = part instanceof Call call ? Functions.kind(call.function()) : Kind.SCALAR;
          if (kind == Kind.TABLE && part != item.value()) {
            throw new RefusedException("EXPLODE within an expression");
          }
          explodes |= kind == Kind.TABLE;
          aggregates |= kind == Kind.AGGREGATE;
        }
        if (grouped) {
          grouped(item.value(), false);
        }
      }
      if (explodes && (grouped || first.table)) {
        throw new RefusedException("EXPLODE: with GROUP BY, or of a table");
      }
      if (aggregates && first.table) {
        query.items().stream().flatMap(item -> item.value().all()).forEach(this::undoable);
      }
      if (aggregates && !grouped) {
        throw new RefusedException("an aggregate function without GROUP BY");
      }
      if (grouped && first.valueFormat.equals("KAFKA")) {
        throw new RefusedException("GROUP BY: not on a stream of VALUE_FORMAT KAFKA");
      }
      if (query.window() != null && (!grouped || first.table)) {
        throw new RefusedException("WINDOW: for GROUP BY on a stream");
      }
    }

    /** Of a table's rows, which change, those functions alone that can take a row back. */
    private void undoable(Expression expression) {
      if (expression instanceof Call call
          && Functions.kind(call.function()) == Kind.AGGREGATE
          && !UNDOABLE.contains(call.function())) {
        throw new RefusedException(call.function() + ": only of a stream, not of a table");
      }
    }

    /** Whether each column in it is grouped by or aggregated. */
    private void grouped(Expression expression, boolean aggregated) {
      if (query.groupBy().contains(expression)) {
        return;
      }
      boolean aggregate =
          expression instanceof Call call && Functions.kind(call.function()) == Kind.AGGREGATE;
      if (aggregate && aggregated) {
        throw new RefusedException("aggregate functions within each other");
      }
      if (expression instanceof Column column && !aggregated) {
        throw new RefusedException(
            "Non-aggregate SELECT expression not part of GROUP BY: " + column.name());
      }
      if (!(expression instanceof Expression.Star)) {
        expression.parts().forEach(part -> grouped(part, aggregated || aggregate));
      }
    }

    /** Names of the key's columns; each has to be selected. */
    private Set<String> keys() {
      List<Expression> wanted = new ArrayList<>(query.groupBy());
      wanted.addAll(query.partitionBy());
      From from = query.from().get(0);
      if (wanted.isEmpty()) {
        if (query.from().size() > 1 && !first.table) {
          wanted.add(((Comparison) query.from().get(1).on().orElseThrow()).left());
        } else {
          first.keys.forEach(key -> wanted.add(new Column(qualifier(from), key)));
        }
      }
      Set<String> keys = new LinkedHashSet<>();
      for (Expression key : wanted) {
        String name =
            query.items().stream()
                .filter(item -> item.value().equals(key) || item.value() instanceof Expression.Star)
                .findFirst()
                .map(
                    item ->
                        item.value() instanceof Expression.Star ? "*" : String.valueOf(name(item)))
                .orElseThrow(
                    () -> new RefusedException("Key missing from projection: " + text(key)));
        keys.add(name);
      }
      return keys;
    }

    private @Nullable String qualifier(From from) {
      return query.from().size() == 1 ? null : from.alias() == null ? from.name() : from.alias();
    }

    private static String text(Expression key) {
      return key instanceof Column column ? column.name() : key.toString();
    }
  }
}
