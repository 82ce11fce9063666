package io.netnswatch.interop.ksqldb;

import io.netnswatch.interop.ksqldb.Expression.Call;
import io.netnswatch.interop.ksqldb.Expression.Column;
import io.netnswatch.interop.ksqldb.Expression.Lambda;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the type of an expression, and refuses what has none. */
final class Typing {

  private final Map<String, Type> columns;
  private final Map<String, Map<String, Type>> bySource;

  /**
   * @param columns what a name stands for
   * @param bySource what a name behind the name or alias of a source and a dot stands for
   */
  Typing(Map<String, Type> columns, Map<String, Map<String, Type>> bySource) {
    this.columns = columns;
    this.bySource = bySource;
  }

  Type of(Expression expression) {
    if (expression instanceof Expression.Literal it) {
      return it.type();
    }
    if (expression instanceof Column it) {
      return column(it);
    }
    if (expression instanceof Expression.Field it) {
      return field(of(it.struct()), it.name());
    }
    if (expression instanceof Expression.Subscript it) {
      Type container = of(it.container());
      if (container.name().equals("ARRAY")) {
        wanted(of(it.index()), Type.INTEGER, "an index");
      } else if (!container.name().equals("MAP")) {
        throw new RefusedException("not a list: " + container);
      }
      return container.arguments().get(container.arguments().size() - 1);
    }
    if (expression instanceof Call it) {
      return call(it);
    }
    if (expression instanceof Expression.Cast it) {
      of(it.value());
      return it.type();
    }
    if (expression instanceof Expression.Case it) {
      return caseOf(it);
    }
    if (expression instanceof Expression.Arithmetic it) {
      return arithmetic(it);
    }
    if (expression instanceof Lambda || expression instanceof Expression.Star) {
      throw new RefusedException("a lambda or an asterisk where there is none to use it");
    }
    return predicate(expression);
  }

  private Type predicate(Expression expression) {
    if (expression instanceof Expression.Comparison it) {
      compares(of(it.left()), it.operator(), of(it.right()));
    } else if (expression instanceof Expression.Like it) {
      wanted(of(it.value()), Type.STRING, "LIKE");
      wanted(of(it.pattern()), Type.STRING, "LIKE");
    } else if (expression instanceof Expression.In it) {
      it.choices().forEach(choice -> compares(of(it.value()), "=", of(choice)));
    } else if (expression instanceof Expression.Between it) {
      compares(of(it.value()), ">=", of(it.lower()));
      compares(of(it.value()), "<=", of(it.upper()));
    } else if (expression instanceof Expression.NullCheck it) {
      of(it.value());
    } else {
      expression.parts().forEach(part -> wanted(of(part), Type.BOOLEAN, "AND, OR and NOT"));
    }
    return Type.BOOLEAN;
  }

  private static void compares(Type left, String operator, Type right) {
    if (left.equals(Type.NULL) || right.equals(Type.NULL)) {
      throw new RefusedException("a comparison with NULL is refused: IS NULL");
    }
    if (!left.comparesWith(right, operator)) {
      throw new RefusedException("%s can't compare %s with %s".formatted(operator, left, right));
    }
  }

  private static void wanted(Type type, Type wanted, String by) {
    if (!type.widensTo(wanted)) {
      throw new RefusedException("%s wants %s, has %s".formatted(by, wanted, type));
    }
  }

  private Type column(Column column) {
    Map<String, Type> scope = columns;
    if (column.source() != null) {
      if (!bySource.containsKey(column.source())) {
        throw new RefusedException(column.source() + ": no such source");
      }
      scope = bySource.get(column.source());
    }
    Type type = scope.get(column.name());
    if (type == null) {
      throw new RefusedException(column.name() + ": no such column");
    }
    return type;
  }

  private static Type field(Type struct, String name) {
    Type type = struct.fields().get(name);
    if (type == null) {
      throw new RefusedException("->" + name + ": no such field");
    }
    return type;
  }

  private Type call(Call call) {
    List<Expression> arguments = call.arguments();
    String name = call.function();
    Functions.kind(name);
    if (arguments.equals(List.of(new Expression.Star()))) {
      if (!name.equals("COUNT")) {
        throw new RefusedException(name + ": takes no asterisk");
      }
      return Type.BIGINT;
    }
    Expression last = arguments.isEmpty() ? null : arguments.get(arguments.size() - 1);
    if (last instanceof Lambda lambda) {
      return overList(name, arguments, lambda);
    }
    return Functions.result(name, arguments.stream().map(this::of).toList());
  }

  private Type overList(String function, List<Expression> arguments, Lambda lambda) {
    Type list = of(arguments.get(0));
    if (!list.name().equals("ARRAY")) {
      throw new RefusedException(function + ": not a list: " + list);
    }
    Type element = list.arguments().get(0);
    return switch (function) {
      case "TRANSFORM" -> Type.array(body(lambda, List.of(element)));
      case "FILTER" -> {
        wanted(body(lambda, List.of(element)), Type.BOOLEAN, "FILTER");
        yield list;
      }
      case "REDUCE" -> {
        Type state = of(arguments.get(1));
        Type result = body(lambda, List.of(state, element));
        if (!result.equals(state)) {
          throw new RefusedException(
              "REDUCE: begins with %s, ends with %s".formatted(state, result));
        }
        yield state;
      }
      default -> throw new RefusedException(function + ": takes no lambda");
    };
  }

  private Type body(Lambda lambda, List<Type> types) {
    if (lambda.parameters().size() != types.size()) {
      throw new RefusedException("a lambda of %s arguments".formatted(types.size()));
    }
    Map<String, Type> scope = new HashMap<>(columns);
    for (int i = 0; i < types.size(); i++) {
      scope.put(lambda.parameters().get(i), types.get(i));
    }
    return new Typing(scope, bySource).of(lambda.body());
  }

  private Type caseOf(Expression.Case it) {
    List<Type> results = new ArrayList<>();
    for (Expression.When when : it.whens()) {
      Expression operand = it.operand();
      if (operand == null) {
        wanted(of(when.condition()), Type.BOOLEAN, "WHEN");
      } else {
        compares(of(operand), "=", of(when.condition()));
      }
      results.add(of(when.result()));
    }
    @Nullable Expression otherwise = it.otherwise();
    if (otherwise != null) {
      results.add(of(otherwise));
    }
    List<Type> distinct =
        results.stream().filter(type -> !type.equals(Type.NULL)).distinct().toList();
    if (distinct.size() != 1) {
      throw new RefusedException("CASE: results of types " + distinct);
    }
    return distinct.get(0);
  }

  private Type arithmetic(Expression.Arithmetic it) {
    Type left = of(it.left());
    Type right = of(it.right());
    boolean texts = left.equals(Type.STRING) && right.equals(Type.STRING);
    if (texts && (it.operator().equals("+") || it.operator().equals("||"))) {
      return Type.STRING;
    }
    if (!left.isNumber() || !right.isNumber() || it.operator().equals("||")) {
      throw new RefusedException("%s %s %s".formatted(left, it.operator(), right));
    }
    return left.wider(right);
  }
}
