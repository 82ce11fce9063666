package io.netnswatch.interop.ksqldb;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A statement as it was written, of those that scripts here may hold. */
sealed interface Statement {

  /** {@code SET 'property' = 'value'}. */
  record Set(String property, String value) implements Statement {}

  /** {@code DEFINE name = 'value'}. */
  record Define(String name, String value) implements Statement {}

  /** A stream or table over a topic. */
  record CreateSource(Head head, List<Element> elements, Map<String, String> properties)
      implements Statement {}

  /** A stream or table that a persistent query fills. */
  record CreateAs(Head head, Map<String, String> properties, Query query) implements Statement {}

  /** INSERT INTO … SELECT. */
  record InsertInto(String name, Query query) implements Statement {}

  /** SELECT. */
  record Ask(Query query) implements Statement {}

  /**
   * The begin of a CREATE.
   *
   * @param source CREATE SOURCE
   * @param ifNotExists whether a second run leaves what is there
   */
  record Head(boolean table, boolean source, boolean ifNotExists, String name) {}

  /**
   * A column that is listed.
   *
   * @param role KEY, PRIMARY KEY, HEADER or nothing
   */
  record Element(String name, Type type, String role) {}

  /**
   * A SELECT.
   *
   * @param from what is read; the first has no join
   * @param window e.g. TUMBLING
   * @param push whether it says EMIT
   */
  record Query(
      List<Item> items,
      List<From> from,
      @Nullable String window,
      Optional<Expression> where,
      List<Expression> groupBy,
      List<Expression> partitionBy,
      Optional<Expression> having,
      boolean push) {}

  /** What is selected. */
  record Item(Expression value, @Nullable String alias) {}

  /**
   * A stream or table that is read.
   *
   * @param on how it is joined to what stands before it; empty for the first
   */
  record From(String name, @Nullable String alias, boolean within, Optional<Expression> on) {}
}
