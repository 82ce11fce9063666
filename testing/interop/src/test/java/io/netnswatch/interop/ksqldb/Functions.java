package io.netnswatch.interop.ksqldb;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Functions of ksqlDB's reference by their signatures. A single letter stands for any type, and for
 * the same one throughout a signature: N for a number, P for what is no array, map or struct. Three
 * dots: once or more.
 */
final class Functions {

  /** Where a function may stand. */
  enum Kind {
    SCALAR,
    AGGREGATE,
    TABLE
  }

  private static final String SCALARS =
      """
      ABS(N) N; CEIL(N) N; FLOOR(N) N; ROUND(N) BIGINT; ROUND(N, INTEGER) N; SQRT(DOUBLE) DOUBLE
      GREATEST(P...) P; LEAST(P...) P; COALESCE(T...) T; IFNULL(T, T) T; NULLIF(T, T) T
      ARRAY_CONCAT(ARRAY<T>, ARRAY<T>) ARRAY<T>; ARRAY_CONTAINS(ARRAY<T>, T) BOOLEAN
      ARRAY_DISTINCT(ARRAY<T>) ARRAY<T>; ARRAY_EXCEPT(ARRAY<T>, ARRAY<T>) ARRAY<T>
      ARRAY_INTERSECT(ARRAY<T>, ARRAY<T>) ARRAY<T>; ARRAY_UNION(ARRAY<T>, ARRAY<T>) ARRAY<T>
      ARRAY_JOIN(ARRAY<P>) STRING; ARRAY_JOIN(ARRAY<P>, STRING) STRING
      ARRAY_LENGTH(ARRAY<T>) INTEGER; ARRAY_MAX(ARRAY<P>) P; ARRAY_MIN(ARRAY<P>) P
      ARRAY_REMOVE(ARRAY<T>, T) ARRAY<T>; ARRAY_SORT(ARRAY<P>) ARRAY<P>
      ARRAY_SORT(ARRAY<P>, STRING) ARRAY<P>; SLICE(ARRAY<T>, INTEGER, INTEGER) ARRAY<T>
      CONCAT(STRING, STRING...) STRING; CONCAT_WS(STRING, STRING...) STRING
      INITCAP(STRING) STRING; INSTR(STRING, STRING) INTEGER; LCASE(STRING) STRING
      LEN(STRING) INTEGER; LPAD(STRING, INTEGER, STRING) STRING; REPLACE(STRING, STRING, STRING) STRING
      RPAD(STRING, INTEGER, STRING) STRING; SPLIT(STRING, STRING) ARRAY<STRING>
      SUBSTRING(STRING, INTEGER) STRING; SUBSTRING(STRING, INTEGER, INTEGER) STRING
      TRIM(STRING) STRING; UCASE(STRING) STRING; TO_JSON_STRING(T) STRING; UUID() STRING
      REGEXP_EXTRACT(STRING, STRING) STRING; REGEXP_EXTRACT(STRING, STRING, INTEGER) STRING
      REGEXP_EXTRACT_ALL(STRING, STRING) ARRAY<STRING>; REGEXP_REPLACE(STRING, STRING, STRING) STRING
      REGEXP_SPLIT_TO_ARRAY(STRING, STRING) ARRAY<STRING>
      FROM_BYTES(BYTES, STRING) STRING; TO_BYTES(STRING, STRING) BYTES
      FORMAT_DATE(DATE, STRING) STRING; FORMAT_TIMESTAMP(TIMESTAMP, STRING) STRING
      FORMAT_TIMESTAMP(TIMESTAMP, STRING, STRING) STRING; FROM_UNIXTIME(BIGINT) TIMESTAMP
      PARSE_TIMESTAMP(STRING, STRING) TIMESTAMP; PARSE_TIMESTAMP(STRING, STRING, STRING) TIMESTAMP
      TIMESTAMPADD(UNIT, INTEGER, TIMESTAMP) TIMESTAMP
      TIMESTAMPSUB(UNIT, INTEGER, TIMESTAMP) TIMESTAMP
      UNIX_TIMESTAMP() BIGINT; UNIX_TIMESTAMP(TIMESTAMP) BIGINT
      """;

  private static final String AGGREGATES =
      """
      AVG(N) DOUBLE; COLLECT_LIST(T) ARRAY<T>; COLLECT_SET(T) ARRAY<T>; COUNT(T) BIGINT
      COUNT_DISTINCT(T) BIGINT; EARLIEST_BY_OFFSET(T) T; EARLIEST_BY_OFFSET(T, BOOLEAN) T
      LATEST_BY_OFFSET(T) T; LATEST_BY_OFFSET(T, BOOLEAN) T; MAX(P) P; MIN(P) P; SUM(N) N
      STDDEV_SAMP(DOUBLE) DOUBLE; TOPK(P, INTEGER) ARRAY<P>; TOPKDISTINCT(P, INTEGER) ARRAY<P>
      """;

  private static final String TABLES = "EXPLODE(ARRAY<T>) T; CUBE_EXPLODE(ARRAY<T>) ARRAY<T>";

  private static final Pattern SIGNATURE =
      Pattern.compile("(?<name>[A-Z_]+)\\((?<parameters>.*)\\) (?<result>[A-Z<>]+)");

  private static final Map<String, Function> ALL = new HashMap<>();

  static {
    add(SCALARS, Kind.SCALAR);
    add(AGGREGATES, Kind.AGGREGATE);
    add(TABLES, Kind.TABLE);
    for (String ofLambda : List.of("TRANSFORM", "FILTER", "REDUCE")) {
      ALL.put(ofLambda, new Function(Kind.SCALAR, new ArrayList<>()));
    }
  }

  private record Function(Kind kind, List<Signature> signatures) {}

  private record Signature(List<String> parameters, boolean variadic, String result) {}

  private Functions() {}

  /** Where a function may stand; throws if there is none of this name. */
  static Kind kind(String name) {
    return function(name).kind;
  }

  private static Function function(String name) {
    Function function = ALL.get(name);
    if (function == null) {
      throw new RefusedException(name + ": no such function");
    }
    return function;
  }

  /** What a function makes of arguments of these types; throws if it does not take them. */
  static Type result(String name, List<Type> arguments) {
    Function function = function(name);
    if (name.equals("TOPK") && arguments.size() > 2) {
      return topkOfColumns(arguments);
    }
    for (Signature signature : function.signatures) {
      Optional<Type> result = result(signature, arguments);
      if (result.isPresent()) {
        return result.get();
      }
    }
    throw new RefusedException("%s: does not take %s".formatted(name, arguments));
  }

  /** Its fields are in lower case: they need back-ticks. */
  private static Type topkOfColumns(List<Type> arguments) {
    Map<String, Type> fields = new LinkedHashMap<>();
    fields.put("sort_col", arguments.get(0));
    for (int i = 1; i < arguments.size() - 1; i++) {
      fields.put("col" + (i - 1), arguments.get(i));
    }
    return Type.array(Type.struct(fields));
  }

  private static Optional<Type> result(Signature signature, List<Type> arguments) {
    int listed = signature.parameters.size();
    if (signature.variadic ? arguments.size() < listed : arguments.size() != listed) {
      return Optional.empty();
    }
    Map<String, Type> bound = new HashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      if (!takes(signature.parameters.get(Math.min(i, listed - 1)), arguments.get(i), bound)) {
        return Optional.empty();
      }
    }
    return Optional.of(named(signature.result, bound));
  }

  private static boolean takes(String parameter, Type argument, Map<String, Type> bound) {
    if (parameter.startsWith("ARRAY<")) {
      return argument.name().equals("ARRAY")
          && takes(elementOf(parameter), argument.arguments().get(0), bound);
    }
    if (parameter.length() > 1) {
      return argument.widensTo(Type.of(parameter));
    }
    if (argument.equals(Type.UNIT)
        || (parameter.equals("N") && !argument.isNumber())
        || (parameter.equals("P") && !argument.isPrimitive())) {
      return false;
    }
    Type before = bound.get(parameter);
    if (before == null || before.equals(Type.NULL) || before.widensTo(argument)) {
      bound.put(parameter, argument);
      return true;
    }
    return argument.widensTo(before);
  }

  private static Type named(String type, Map<String, Type> bound) {
    if (type.startsWith("ARRAY<")) {
      return Type.array(named(elementOf(type), bound));
    }
    return type.length() > 1 ? Type.of(type) : bound.getOrDefault(type, Type.NULL);
  }

  private static String elementOf(String array) {
    return array.substring("ARRAY<".length(), array.length() - 1);
  }

  private static void add(String signatures, Kind kind) {
    for (String text : signatures.strip().split(";\\s*|\\n", -1)) {
      Matcher matcher = SIGNATURE.matcher(text.strip());
      if (!matcher.matches()) {
        throw new IllegalStateException("no signature: " + text);
      }
      List<String> parameters = new ArrayList<>();
      boolean variadic = false;
      for (String parameter : matcher.group("parameters").split(", ", -1)) {
        variadic = parameter.endsWith("...");
        if (!parameter.isEmpty()) {
          parameters.add(variadic ? parameter.substring(0, parameter.length() - 3) : parameter);
        }
      }
      ALL.computeIfAbsent(matcher.group("name"), name -> new Function(kind, new ArrayList<>()))
          .signatures
          .add(new Signature(parameters, variadic, matcher.group("result")));
    }
  }
}
