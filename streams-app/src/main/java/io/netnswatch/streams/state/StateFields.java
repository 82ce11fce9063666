package io.netnswatch.streams.state;

import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the fields of a record, in the order of its constructor: the output writes each and
 * hands it back, the input reads it. So a {@link Layout} lists the fields of its record once, for
 * both ways.
 */
interface StateFields {

  /**
   * The fields of a record.
   *
   * @param <R> the record, or another value that stands for itself
   */
  interface Layout<R> {

    /**
     * Takes the fields in order.
     *
     * @param record what is written; null when it is read
     * @return the record made of them
     */
    R of(StateFields fields, @Nullable R record) throws IOException;
  }

  /** A number of up to 32 bits, in a list or where it may be absent. */
  Layout<Integer> INT32 = (fields, value) -> fields.int32(value, it -> it);

  /** A floating-point number, in a list or where it may be absent. */
  Layout<Double> FLOAT64 = (fields, value) -> fields.float64(value, it -> it);

  /** A string, in a list or where it may be absent. */
  Layout<String> TEXT = (fields, value) -> fields.text(value, it -> it);

  <R> boolean flag(@Nullable R record, Predicate<R> field) throws IOException;

  <R> int int32(@Nullable R record, ToIntFunction<R> field) throws IOException;

  <R> long int64(@Nullable R record, ToLongFunction<R> field) throws IOException;

  <R> double float64(@Nullable R record, ToDoubleFunction<R> field) throws IOException;

  <R> String text(@Nullable R record, Function<R, String> field) throws IOException;

  /** A record inside the record. */
  <R, V> V part(@Nullable R record, Function<R, V> field, Layout<V> layout) throws IOException;

  /** A value that may be absent. */
  <R, V> @Nullable V optional(@Nullable R record, Function<R, @Nullable V> field, Layout<V> layout)
      throws IOException;

  /**
   * A number of up to 64 bits that may be absent.
   *
   * @param near one it is mostly close to: then it takes few bytes
   */
  <R> @Nullable Long optionalInt64(@Nullable R record, Function<R, @Nullable Long> field, long near)
      throws IOException;

  <R, V> List<V> list(@Nullable R record, Function<R, List<V>> field, Layout<V> layout)
      throws IOException;
}
