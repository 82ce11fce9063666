package io.netnswatch.interop.ksqldb;

import io.netnswatch.interop.ksqldb.Lexer.Kind;
import io.netnswatch.interop.ksqldb.Lexer.Token;
import io.netnswatch.interop.ksqldb.Statement.Element;
import io.netnswatch.interop.ksqldb.Statement.From;
import io.netnswatch.interop.ksqldb.Statement.Head;
import io.netnswatch.interop.ksqldb.Statement.Item;
import io.netnswatch.interop.ksqldb.Statement.Query;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads the part of the language that scripts here are written in. */
final class Parser {

  private static final Set<String> UNITS =
      Set.of(
          "DAY",
          "DAYS",
          "HOUR",
          "HOURS",
          "MINUTE",
          "MINUTES",
          "SECOND",
          "SECONDS",
          "MILLISECOND",
          "MILLISECONDS");
  private static final Set<String> COMPARISONS = Set.of("=", "!=", "<>", "<", "<=", ">", ">=");

  private final List<Token> tokens;
  private int next;

  Parser(List<Token> tokens) {
    this.tokens = tokens;
  }

  boolean atEnd() {
    return peek().kind() == Kind.END;
  }

  /** The next statement, with its semicolon. */
  Statement statement() {
    Statement statement = withoutSemicolon();
    expect(";");
    return statement;
  }

  /** Passes over the rest of a statement that could not be read. */
  void skip() {
    while (!atEnd() && !take(";")) {
      next++;
    }
  }

  private Statement withoutSemicolon() {
    if (peek().is("SELECT")) {
      return new Statement.Ask(query());
    }
    if (take("SET")) {
      String property = string();
      expect("=");
      return new Statement.Set(property, string());
    }
    if (take("DEFINE")) {
      String name = name();
      expect("=");
      return new Statement.Define(name, string());
    }
    if (take("INSERT")) {
      expect("INTO");
      String name = name();
      return new Statement.InsertInto(name, query());
    }
    if (take("CREATE")) {
      return create();
    }
    throw unexpected("a statement that creates or asks");
  }

  private Statement create() {
    boolean source = take("SOURCE");
    boolean table = take("TABLE");
    if (!table) {
      expect("STREAM");
    }
    boolean ifNotExists = take("IF");
    if (ifNotExists) {
      expect("NOT");
      expect("EXISTS");
    }
    Head head = new Head(table, source, ifNotExists, name());
    List<Element> elements = peek().is("(") ? parenthesized(this::element) : List.of();
    Map<String, String> properties = new LinkedHashMap<>();
    if (take("WITH")) {
      parenthesized(
          () -> {
            String property = peek().kind() == Kind.STRING ? string() : name();
            expect("=");
            properties.put(property, advance().text());
            return property;
          });
    }
    if (take("AS")) {
      if (source || !elements.isEmpty()) {
        throw unexpected("no AS behind SOURCE or a list of columns");
      }
      return new Statement.CreateAs(head, properties, query());
    }
    return new Statement.CreateSource(head, elements, properties);
  }

  private Element element() {
    String name = name();
    Type type = type();
    if (take("PRIMARY")) {
      expect("KEY");
      return new Element(name, type, "PRIMARY KEY");
    }
    if (take("KEY")) {
      return new Element(name, type, "KEY");
    }
    if (take("HEADERS")) {
      return new Element(name, type, "HEADER");
    }
    if (take("HEADER")) {
      parenthesized(this::string);
      return new Element(name, type, "HEADER");
    }
    return new Element(name, type, "");
  }

  private Query query() {
    expect("SELECT");
    List<Item> items = list(this::item);
    expect("FROM");
    List<From> from = new ArrayList<>(List.of(from(false)));
    while (!peek().is("WINDOW") && (peek().is("JOIN") || joinFollows())) {
      from.add(from(true));
    }
    String window = take("WINDOW") ? window() : null;
    Optional<Expression> where = take("WHERE") ? Optional.of(expression()) : Optional.empty();
    List<Expression> groupBy = by("GROUP");
    List<Expression> partitionBy = by("PARTITION");
    Optional<Expression> having = take("HAVING") ? Optional.of(expression()) : Optional.empty();
    boolean push = take("EMIT");
    if (push && !take("CHANGES")) {
      expect("FINAL");
    }
    if (take("LIMIT")) {
      advance(Kind.INTEGER, "a number");
    }
    return new Query(items, from, window, where, groupBy, partitionBy, having, push);
  }

  private boolean joinFollows() {
    return Set.of("INNER", "LEFT", "RIGHT", "FULL").stream().anyMatch(it -> peek().is(it));
  }

  private From from(boolean joined) {
    if (joined) {
      if (take("LEFT") || take("RIGHT") || take("FULL")) {
        take("OUTER");
      } else {
        take("INNER");
      }
      expect("JOIN");
    }
    if (peek().is("(")) {
      throw unexpected("a name: subqueries are unknown to ksqlDB");
    }
    String name = name();
    String alias = take("AS") || (isName(peek()) && !peek().is("WITHIN")) ? aliasOfSource() : null;
    boolean within = joined && take("WITHIN");
    if (within) {
      while (!peek().is("ON")) {
        advance();
      }
    }
    if (!joined) {
      return new From(name, alias, false, Optional.empty());
    }
    expect("ON");
    return new From(name, alias, within, Optional.of(expression()));
  }

  private @Nullable String aliasOfSource() {
    // These may be names elsewhere; here they begin the next clause.
    return peek().is("EMIT") || peek().is("PARTITION") ? null : name();
  }

  private String window() {
    String window = advance().text();
    expect("(");
    for (int depth = 1; depth > 0; ) {
      Token token = advance();
      depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
    }
    return window;
  }

  private List<Expression> by(String what) {
    if (!take(what)) {
      return List.of();
    }
    expect("BY");
    return list(this::expression);
  }

  private Item item() {
    if (take("*")) {
      return new Item(new Expression.Star(), null);
    }
    Expression value = expression();
    return new Item(value, take("AS") || isName(peek()) ? name() : null);
  }

  private Expression expression() {
    Expression left = conjunction();
    while (take("OR")) {
      left = new Expression.Logical(left, conjunction());
    }
    return left;
  }

  private Expression conjunction() {
    Expression left = negation();
    while (take("AND")) {
      left = new Expression.Logical(left, negation());
    }
    return left;
  }

  private Expression negation() {
    return take("NOT") ? new Expression.Not(negation()) : predicate();
  }

  private Expression predicate() {
    Expression left = sum();
    if (COMPARISONS.contains(peek().text()) && peek().kind() == Kind.SYMBOL) {
      return new Expression.Comparison(advance().text(), left, sum());
    }
    if (take("IS")) {
      boolean not = take("NOT");
      if (take("DISTINCT")) {
        expect("FROM");
        return new Expression.Comparison("IS DISTINCT FROM", left, sum());
      }
      expect("NULL");
      return not
          ? new Expression.Not(new Expression.NullCheck(left))
          : new Expression.NullCheck(left);
    }
    boolean not = take("NOT");
    Expression predicate;
    if (take("IN")) {
      predicate = new Expression.In(left, parenthesized(this::expression));
    } else if (take("LIKE")) {
      predicate = new Expression.Like(left, sum());
    } else if (take("BETWEEN")) {
      Expression lower = sum();
      expect("AND");
      predicate = new Expression.Between(left, lower, sum());
    } else if (not) {
      throw unexpected("IN, LIKE or BETWEEN");
    } else {
      return left;
    }
    return not ? new Expression.Not(predicate) : predicate;
  }

  private Expression sum() {
    Expression left = product();
    while (peek().is("+") || peek().is("-") || peek().is("||")) {
      left = new Expression.Arithmetic(advance().text(), left, product());
    }
    return left;
  }

  private Expression product() {
    Expression left = signed();
    while (peek().is("*") || peek().is("/") || peek().is("%")) {
      left = new Expression.Arithmetic(advance().text(), left, signed());
    }
    return left;
  }

  private Expression signed() {
    if (take("-") || take("+")) {
      return signed();
    }
    Expression value = primary();
    while (true) {
      if (take("->")) {
        if (take("*")) {
          throw unexpected("a field: all of a struct can't be told apart here");
        }
        value = new Expression.Field(value, name());
      } else if (take("[")) {
        Expression index = sum();
        expect("]");
        value = new Expression.Subscript(value, index);
      } else {
        return value;
      }
    }
  }

  private Expression primary() {
    Token token = peek();
    if (token.is("(")) {
      return lambdaOfSeveral() ? lambda(parenthesized(this::name)) : inParentheses();
    }
    Optional<Expression> literal = literal(token);
    if (literal.isPresent()) {
      return literal.get();
    }
    if (take("NULL")) {
      return new Expression.Literal(Type.NULL, "NULL");
    }
    if (token.is("TRUE") || token.is("FALSE")) {
      return new Expression.Literal(Type.BOOLEAN, advance().text());
    }
    if (take("CASE")) {
      return caseOf();
    }
    if (take("CAST")) {
      expect("(");
      Expression value = expression();
      expect("AS");
      Type type = type();
      expect(")");
      return new Expression.Cast(value, type);
    }
    String name = name();
    if (take("(")) {
      return call(name);
    }
    return take(".") ? new Expression.Column(name, name()) : new Expression.Column(null, name);
  }

  private Optional<Expression> literal(Token token) {
    return switch (token.kind()) {
      case STRING, VARIABLE -> Optional.of(new Expression.Literal(Type.STRING, advance().text()));
      case INTEGER -> {
        Type type = token.text().length() < 10 ? Type.INTEGER : Type.BIGINT;
        yield Optional.of(new Expression.Literal(type, advance().text()));
      }
      case DECIMAL -> {
        boolean exponent = token.text().toUpperCase(Locale.ROOT).contains("E");
        Type type = exponent ? Type.DOUBLE : Type.of("DECIMAL");
        yield Optional.of(new Expression.Literal(type, advance().text()));
      }
      case WORD, QUOTED, SYMBOL, END -> Optional.empty();
    };
  }

  private boolean lambdaOfSeveral() {
    int at = next + 1;
    while (isName(tokens.get(at)) && tokens.get(at + 1).is(",")) {
      at += 2;
    }
    return isName(tokens.get(at)) && tokens.get(at + 1).is(")") && tokens.get(at + 2).is("=>");
  }

  private Expression lambda(List<String> parameters) {
    expect("=>");
    return new Expression.Lambda(parameters, expression());
  }

  private Expression inParentheses() {
    expect("(");
    if (peek().is("SELECT")) {
      throw unexpected("an expression: subqueries are unknown to ksqlDB");
    }
    Expression value = expression();
    expect(")");
    return value;
  }

  private Expression caseOf() {
    Expression operand = peek().is("WHEN") ? null : sum();
    List<Expression.When> whens = new ArrayList<>();
    while (take("WHEN")) {
      Expression condition = expression();
      expect("THEN");
      whens.add(new Expression.When(condition, expression()));
    }
    if (whens.isEmpty()) {
      throw unexpected("WHEN");
    }
    Expression otherwise = take("ELSE") ? expression() : null;
    expect("END");
    return new Expression.Case(operand, whens, otherwise);
  }

  private Expression call(String function) {
    if (take("*")) {
      expect(")");
      return new Expression.Call(function, List.of(new Expression.Star()));
    }
    if (take(")")) {
      return new Expression.Call(function, List.of());
    }
    List<Expression> arguments = list(this::argument);
    expect(")");
    return new Expression.Call(function, arguments);
  }

  private Expression argument() {
    if (UNITS.contains(peek().text())
        && peek().kind() == Kind.WORD
        && (tokens.get(next + 1).is(",") || tokens.get(next + 1).is(")"))) {
      return new Expression.Literal(Type.UNIT, advance().text());
    }
    if (isName(peek()) && tokens.get(next + 1).is("=>")) {
      return lambda(List.of(name()));
    }
    return expression();
  }

  private Type type() {
    if (take("ARRAY")) {
      expect("<");
      Type element = type();
      expect(">");
      return Type.array(element);
    }
    if (take("MAP")) {
      expect("<");
      Type key = type();
      expect(",");
      Type value = type();
      expect(">");
      return new Type("MAP", List.of(key, value), Map.of());
    }
    if (take("STRUCT")) {
      expect("<");
      Map<String, Type> fields = new LinkedHashMap<>();
      list(() -> fields.put(name(), type()));
      expect(">");
      return Type.struct(fields);
    }
    if (take("DECIMAL")) {
      parenthesized(() -> advance(Kind.INTEGER, "a number"));
      return Type.of("DECIMAL");
    }
    String name = name();
    return switch (name) {
      case "VARCHAR", "STRING" -> Type.STRING;
      case "INT", "INTEGER" -> Type.INTEGER;
      case "BIGINT", "DOUBLE", "BOOLEAN", "BYTES", "TIMESTAMP", "DATE", "TIME" -> Type.of(name);
      default -> throw new RefusedException(name + ": no such type");
    };
  }

  private <T> List<T> parenthesized(Supplier<T> element) {
    expect("(");
    List<T> elements = list(element);
    expect(")");
    return elements;
  }

  private <T> List<T> list(Supplier<T> element) {
    List<T> elements = new ArrayList<>(List.of(element.get()));
    while (take(",")) {
      elements.add(element.get());
    }
    return elements;
  }

  private String string() {
    return advance(Kind.STRING, "a text in quotes").text();
  }

  private String name() {
    Token token = peek();
    if (token.kind() == Kind.WORD && ReservedWords.contains(token.text())) {
      throw new RefusedException(
          "line %d: %s: reserved word, needs back-ticks as a name"
              .formatted(token.line(), token.text()));
    }
    if (!isName(token)) {
      throw unexpected("a name");
    }
    return advance().text();
  }

  private static boolean isName(Token token) {
    return token.kind() == Kind.QUOTED
        || (token.kind() == Kind.WORD && !ReservedWords.contains(token.text()));
  }

  private Token peek() {
    return tokens.get(next);
  }

  private Token advance() {
    Token token = peek();
    if (token.kind() == Kind.END) {
      throw unexpected("more");
    }
    next++;
    return token;
  }

  private Token advance(Kind kind, String what) {
    if (peek().kind() != kind) {
      throw unexpected(what);
    }
    return advance();
  }

  private boolean take(String text) {
    if (!peek().is(text)) {
      return false;
    }
    next++;
    return true;
  }

  private void expect(String text) {
    if (!take(text)) {
      throw unexpected(text);
    }
  }

  private RefusedException unexpected(String wanted) {
    Token token = peek();
    return new RefusedException(
        "line %d: %s where ksqlDB's grammar has %s".formatted(token.line(), token.text(), wanted));
  }
}
