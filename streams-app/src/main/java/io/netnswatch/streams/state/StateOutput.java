package io.netnswatch.streams.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The encoding of a state value: one byte that tells the format, then the fields in order. Numbers
 * are encoded as Avro does (Avro specification 1.12, "Binary Encoding"), and a string that has been
 * written before (boot id, kernel, topic) is a number: together a third of the bytes that numbers
 * of fixed size and whole strings take.
 *
 * <p>In one pass into one array, where Avro's own encoder would go through a stream.
 */
final class StateOutput implements StateFields {

  /** Another one with every change of a layout. Those before the first release are not read. */
  static final byte FORMAT = 6;

  /** Stands before a string that comes the first time; others are numbered from 1. */
  static final int NEW_STRING = 0;

  private static final int MAX_VARINT_BYTES = 10;

  /** Up to so many strings, looking through them costs less than a map. */
  private static final int FEW_STRINGS = 32;

  private String[] strings = new String[8];
  private int stringCount;
  private @Nullable Map<String, Integer> manyStrings;

  /** A healthy host's state fits. */
  private byte[] bytes = new byte[384];

  private int size;

  StateOutput() {
    bytes[size++] = FORMAT;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  @Override
  public <R> boolean flag(@Nullable R record, Predicate<R> field) {
    boolean value = field.test(given(record));
    writeBoolean(value);
    return value;
  }

  @Override
  public <R> int int32(@Nullable R record, ToIntFunction<R> field) {
    int value = field.applyAsInt(given(record));
    writeLong(value);
    return value;
  }

  @Override
  public <R> long int64(@Nullable R record, ToLongFunction<R> field) {
    long value = field.applyAsLong(given(record));
    writeLong(value);
    return value;
  }

  @Override
  public <R> double float64(@Nullable R record, ToDoubleFunction<R> field) {
    double value = field.applyAsDouble(given(record));
    ensure(Double.BYTES);
    long left = Double.doubleToRawLongBits(value);
    for (int i = 0; i < Double.BYTES; i++) {
      bytes[size++] = (byte) left;
      left >>>= Byte.SIZE;
    }
    return value;
  }

  @Override
  public <R> String text(@Nullable R record, Function<R, String> field) {
    String value = field.apply(given(record));
    writeString(value);
    return value;
  }

  @Override
  public <R, V> V part(@Nullable R record, Function<R, V> field, Layout<V> layout)
      throws IOException {
    V value = field.apply(given(record));
    layout.of(this, value);
    return value;
  }

  @Override
  public <R, V> @Nullable V optional(
      @Nullable R record, Function<R, @Nullable V> field, Layout<V> layout) throws IOException {
    V value = field.apply(given(record));
    writeBoolean(value != null);
    if (value != null) {
      layout.of(this, value);
    }
    return value;
  }

  @Override
  public <R> @Nullable Long optionalInt64(
      @Nullable R record, Function<R, @Nullable Long> field, long near) {
    Long value = field.apply(given(record));
    writeBoolean(value != null);
    if (value != null) {
      writeLong(value - near);
    }
    return value;
  }

  @Override
  public <R, V> List<V> list(@Nullable R record, Function<R, List<V>> field, Layout<V> layout)
      throws IOException {
    List<V> values = field.apply(given(record));
    writeLong(values.size());
    for (int i = 0; i < values.size(); i++) {
      layout.of(this, values.get(i));
    }
    return values;
  }

  private static <R> R given(@Nullable R record) {
    return Objects.requireNonNull(record, "a record to write");
  }

  private void writeBoolean(boolean value) {
    ensure(1);
    bytes[size++] = (byte) (value ? 1 : 0);
  }

  private void writeLong(long value) {
    ensure(MAX_VARINT_BYTES);
    long left = (value << 1) ^ (value >> (Long.SIZE - 1));
    while ((left & ~0x7fL) != 0) {
      bytes[size++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    bytes[size++] = (byte) left;
  }

  private void writeString(String value) {
    int number = numberOf(value);
    writeLong(number);
    if (number == NEW_STRING) {
      byte[] text = value.getBytes(UTF_8);
      writeLong(text.length);
      ensure(text.length);
      System.arraycopy(text, 0, bytes, size, text.length);
      size += text.length;
    }
  }

  /** The number of a string that has been written; of another {@link #NEW_STRING}, once. */
  private int numberOf(String value) {
    if (manyStrings == null) {
      for (int i = 0; i < stringCount; i++) {
        if (strings[i].equals(value)) {
          return i + 1;
        }
      }
      if (stringCount < FEW_STRINGS) {
        if (stringCount == strings.length) {
          strings = Arrays.copyOf(strings, 2 * strings.length);
        }
        strings[stringCount++] = value;
        return NEW_STRING;
      }
      manyStrings = new HashMap<>();
      for (String few : strings) {
        manyStrings.put(few, manyStrings.size() + 1);
      }
    }
    Integer known = manyStrings.putIfAbsent(value, manyStrings.size() + 1);
    return known == null ? NEW_STRING : known;
  }

  private void ensure(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }
}
