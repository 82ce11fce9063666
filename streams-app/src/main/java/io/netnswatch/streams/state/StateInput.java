package io.netnswatch.streams.state;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/** Reads what {@link StateOutput} wrote; the records given to it are not looked at. */
final class StateInput implements StateFields {

  private final BinaryDecoder in;
  private final List<String> strings = new ArrayList<>();

  /**
   * The input of a value, behind its first byte, which tells the format.
   *
   * @throws IOException if the format is not this one
   */
  StateInput(byte[] value) throws IOException {
    if (value.length == 0) {
      throw new IOException("state without a format");
    }
    if (value[0] != StateOutput.FORMAT) {
      throw new IOException("state of format " + value[0] + " was written by another release");
    }
    this.in = DecoderFactory.get().binaryDecoder(value, 1, value.length - 1, null);
  }

  /** Fails unless everything has been read. */
  void requireEnd() throws IOException {
    if (!in.isEnd()) {
      throw new IOException("state is longer than its fields");
    }
  }

  @Override
  public <R> boolean flag(@Nullable R record, Predicate<R> field) throws IOException {
    return in.readBoolean();
  }

  @Override
  public <R> int int32(@Nullable R record, ToIntFunction<R> field) throws IOException {
    return in.readInt();
  }

  @Override
  public <R> long int64(@Nullable R record, ToLongFunction<R> field) throws IOException {
    return in.readLong();
  }

  @Override
  public <R> double float64(@Nullable R record, ToDoubleFunction<R> field) throws IOException {
    return in.readDouble();
  }

  @Override
  public <R> String text(@Nullable R record, Function<R, String> field) throws IOException {
    return readString();
  }

  @Override
  public <R, V> V part(@Nullable R record, Function<R, V> field, Layout<V> layout)
      throws IOException {
    return layout.of(this, null);
  }

  @Override
  public <R, V> @Nullable V optional(
      @Nullable R record, Function<R, @Nullable V> field, Layout<V> layout) throws IOException {
    return in.readBoolean() ? layout.of(this, null) : null;
  }

  @Override
  public <R> @Nullable Long optionalInt64(
      @Nullable R record, Function<R, @Nullable Long> field, long near) throws IOException {
    return in.readBoolean() ? Long.valueOf(near + in.readLong()) : null;
  }

  @Override
  public <R, V> List<V> list(@Nullable R record, Function<R, List<V>> field, Layout<V> layout)
      throws IOException {
    int size = in.readInt();
    if (size < 0) {
      throw new IOException("state has a list of " + size);
    }
    if (size == 0) {
      return List.of();
    }
    List<V> values = new ArrayList<>(Math.min(size, 16));
    for (int i = 0; i < size; i++) {
      values.add(layout.of(this, null));
    }
    return values;
  }

  private String readString() throws IOException {
    int number = in.readInt();
    if (number == StateOutput.NEW_STRING) {
      String string = in.readString();
      strings.add(string);
      return string;
    }
    if (number < 0 || number > strings.size()) {
      throw new IOException("state refers to string " + number + " of " + strings.size());
    }
    return strings.get(number - 1);
  }
}
