package io.netnswatch.interop.ksqldb;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An expression as it was written. */
sealed interface Expression {

  /** What it is made of. */
  List<Expression> parts();

  /** Itself and all that it is made of. */
  default Stream<Expression> all() {
    return Stream.concat(Stream.of(this), parts().stream().flatMap(Expression::all));
  }

  /** A number, a text, TRUE, FALSE, NULL or a unit of time. */
  record Literal(Type type, String text) implements Expression {
    @Override
    public List<Expression> parts() {
      return List.of();
    }
  }

  /** The asterisk of COUNT(*) and SELECT *. */
  record Star() implements Expression {
    @Override
    public List<Expression> parts() {
      return List.of();
    }
  }

  /** A column, or an argument of the lambda that it stands in. */
  record Column(@Nullable String source, String name) implements Expression {
    @Override
    public List<Expression> parts() {
      return List.of();
    }
  }

  /** What stands after an arrow. */
  record Field(Expression struct, String name) implements Expression {
    @Override
    public List<Expression> parts() {
      return List.of(struct);
    }
  }

  /** An element of an array, counted from 1, or a value of a map. */
  record Subscript(Expression container, Expression index) implements Expression {
    @Override
    public List<Expression> parts() {
      return List.of(container, index);
    }
  }

  /** What a function makes of its arguments. */
  record Call(String function, List<Expression> arguments) implements Expression {
    @Override
    public List<Expression> parts() {
      return arguments;
    }
  }

  /** {@code (a, b) => body}. */
  record Lambda(List<String> parameters, Expression body) implements Expression {
    @Override
    public List<Expression> parts() {
      return List.of(body);
    }
  }

  /** CAST. */
  record Cast(Expression value, Type type) implements Expression {
    @Override
    public List<Expression> parts() {
      return List.of(value);
    }
  }

  /** CASE, with or without an operand. */
  record Case(@Nullable Expression operand, List<When> whens, @Nullable Expression otherwise)
      implements Expression {
    @Override
    public List<Expression> parts() {
      List<Expression> parts = new ArrayList<>();
      if (operand != null) {
        parts.add(operand);
      }
      for (When when : whens) {
        parts.add(when.condition);
        parts.add(when.result);
      }
      if (otherwise != null) {
        parts.add(otherwise);
      }
      return parts;
    }
  }

  /** One branch of CASE. */
  record When(Expression condition, Expression result) {}

  /** One of + - * / % and ||. */
  record Arithmetic(String operator, Expression left, Expression right) implements Expression {
    @Override
    public List<Expression> parts() {
      return List.of(left, right);
    }
  }

  /** One of = != &lt;&gt; &lt; &lt;= &gt; &gt;= and IS DISTINCT FROM. */
  record Comparison(String operator, Expression left, Expression right) implements Expression {
    @Override
    public List<Expression> parts() {
      return List.of(left, right);
    }
  }

  /** AND, OR. */
  record Logical(Expression left, Expression right) implements Expression {
    @Override
    public List<Expression> parts() {
      return List.of(left, right);
    }
  }

  /** NOT before an expression, or within one: NOT IN, NOT LIKE, NOT BETWEEN. */
  record Not(Expression value) implements Expression {
    @Override
    public List<Expression> parts() {
      return List.of(value);
    }
  }

  /** IS NULL, IS NOT NULL. */
  record NullCheck(Expression value) implements Expression {
    @Override
    public List<Expression> parts() {
      return List.of(value);
    }
  }

  /** IN. */
  record In(Expression value, List<Expression> choices) implements Expression {
    @Override
    public List<Expression> parts() {
      return Stream.concat(Stream.of(value), choices.stream()).toList();
    }
  }

  /** LIKE. */
  record Like(Expression value, Expression pattern) implements Expression {
    @Override
    public List<Expression> parts() {
      return List.of(value, pattern);
    }
  }

  /** BETWEEN. */
  record Between(Expression value, Expression lower, Expression upper) implements Expression {
    @Override
    public List<Expression> parts() {
      return List.of(value, lower, upper);
    }
  }
}
