package io.netnswatch.streams.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The newest encoding of a state value: format 3. Numbers are encoded as Avro does (Avro
 * specification 1.12, "Binary Encoding"), and a string that has been written before (boot id,
 * kernel, topic) is a number: together a third of the bytes of format 1. Format 2 lacked the
 * slowest creation of a window.
 *
 * <p>A state is written with every event: in one pass into one array, where Avro's own encoder
 * would go through a stream.
 */
final class StateOutput {

  static final byte FORMAT = 3;

  /** Stands before a string that comes the first time; others are numbered from 1. */
  static final int NEW_STRING = 0;

  private static final int MAX_VARINT_BYTES = 10;

  private final Map<String, Integer> strings = new HashMap<>();
  private byte[] bytes = new byte[512];
  private int size;

  StateOutput() {
    bytes[size++] = FORMAT;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  void writeBoolean(boolean value) {
    ensure(1);
    bytes[size++] = (byte) (value ? 1 : 0);
  }

  void writeInt(int value) {
    writeLong(value);
  }

  void writeLong(long value) {
    ensure(MAX_VARINT_BYTES);
    long left = (value << 1) ^ (value >> (Long.SIZE - 1));
    while ((left & ~0x7fL) != 0) {
      bytes[size++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    bytes[size++] = (byte) left;
  }

  void writeDouble(double value) {
    ensure(Double.BYTES);
    long left = Double.doubleToRawLongBits(value);
    for (int i = 0; i < Double.BYTES; i++) {
      bytes[size++] = (byte) left;
      left >>>= Byte.SIZE;
    }
  }

  void writeString(String value) {
    Integer number = strings.putIfAbsent(value, strings.size() + 1);
    if (number != null) {
      writeInt(number);
    } else {
      writeInt(NEW_STRING);
      byte[] text = value.getBytes(UTF_8);
      writeInt(text.length);
      ensure(text.length);
      System.arraycopy(text, 0, bytes, size, text.length);
      size += text.length;
    }
  }

  private void ensure(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }
}
