package io.netnswatch.detection.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netnswatch.detection.evidence.SkipPlan.Step;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Goes through an event in Avro's binary encoding (Avro specification 1.12, "Binary Encoding")
 * without making objects of what it passes.
 *
 * <p>It is stricter than Avro's own decoder: what that one might refuse, or seldom meets, is
 * unexpected here. Not thread-safe.
 */
final class EncodedEvent {

  /** The decoder that can say what is wrong must have a look. */
  static final class UnexpectedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Without a stack: it is caught where it says to look more closely. */
    UnexpectedException() {
      super("unexpected", null, false, false);
    }
  }

  private static final int MAX_INT_BYTES = 5;
  private static final int MAX_LONG_BYTES = 10;
  private static final int DOUBLE_BYTES = 8;

  private final byte[] bytes;
  private final int until;
  private int at;

  /** Where the string last passed by {@link #skipString} begins and ends. */
  private int textFrom;

  private int textTo;

  /** From one place in those bytes to another, at most. */
  EncodedEvent(byte[] bytes, int from, int until) {
    this.bytes = bytes;
    this.until = until;
    this.at = from;
  }

  /** Behind what was last read. */
  int position() {
    return at;
  }

  /** Passes over what lies before the next field that is read. */
  EncodedEvent to(Step step) throws UnexpectedException {
    int[] plan = step.passed();
    if (plan.length > 0) {
      pass(plan, 0, plan.length);
    }
    return this;
  }

  private void pass(int[] plan, int from, int until) throws UnexpectedException {
    int next = from;
    while (next < until) {
      switch (plan[next++]) {
        case SkipPlan.INT -> readInt();
        case SkipPlan.LONG -> readLong();
        case SkipPlan.STRING -> skipString();
        case SkipPlan.FIXED -> skip(plan[next++]);
        case SkipPlan.ENUM -> readIndex(plan[next++]);
        case SkipPlan.OPTIONAL -> {
          int length = plan[next++];
          if (readPresent()) {
            pass(plan, next, next + length);
          }
          next += length;
        }
        case SkipPlan.ARRAY -> {
          int length = plan[next++];
          for (long items = readBlock(); items > 0; items = readBlock()) {
            for (long i = 0; i < items; i++) {
              pass(plan, next, next + length);
            }
          }
          next += length;
        }
        default -> throw new IllegalStateException("no plan: " + Arrays.toString(plan));
      }
    }
  }

  long readLong() throws UnexpectedException {
    long value = 0;
    for (int i = 0; i < MAX_LONG_BYTES; i++) {
      byte next = next();
      value |= (next & 0x7fL) << (7 * i);
      if (next >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new UnexpectedException();
  }

  int readInt() throws UnexpectedException {
    int value = 0;
    for (int i = 0; i < MAX_INT_BYTES; i++) {
      byte next = next();
      value |= (next & 0x7f) << (7 * i);
      if (next >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new UnexpectedException();
  }

  boolean readBoolean() throws UnexpectedException {
    return next() == 1;
  }

  double readDouble() throws UnexpectedException {
    int from = at;
    skip(DOUBLE_BYTES);
    long bits = 0;
    for (int i = DOUBLE_BYTES - 1; i >= 0; i--) {
      bits = (bits << 8) | (bytes[from + i] & 0xff);
    }
    return Double.longBitsToDouble(bits);
  }

  String readString() throws UnexpectedException {
    skipString();
    return new String(bytes, textFrom, textTo - textFrom, UTF_8);
  }

  /** A symbol of an enum, given all of them in the order of the schema. */
  <E> E readEnum(E[] symbols) throws UnexpectedException {
    return symbols[readIndex(symbols.length)];
  }

  /** Whether a union of null and another type holds a value. */
  boolean readPresent() throws UnexpectedException {
    return readIndex(2) == 1;
  }

  private int readIndex(int size) throws UnexpectedException {
    int index = readInt();
    if (index < 0 || index >= size) {
      throw new UnexpectedException();
    }
    return index;
  }

  /** Number of items in the next block of an array; 0 is the end. */
  long readBlock() throws UnexpectedException {
    long items = readLong();
    if (items < 0) {
      throw new UnexpectedException();
    }
    return items;
  }

  @Nullable Long readOptionalLong() throws UnexpectedException {
    return readPresent() ? readLong() : null;
  }

  @Nullable Integer readOptionalInt() throws UnexpectedException {
    return readPresent() ? readInt() : null;
  }

  void skipString() throws UnexpectedException {
    long length = readLong();
    textFrom = at;
    skip(length);
    textTo = at;
  }

  /** Length in bytes of the string last passed. */
  int textLength() {
    return textTo - textFrom;
  }

  /** Whether the string last passed begins with a letter, digit or other visible ASCII. */
  boolean textBeginsVisibly() {
    return textFrom < textTo && bytes[textFrom] > ' ' && bytes[textFrom] < 0x7f;
  }

  boolean textIs(byte[] other) {
    return Arrays.equals(bytes, textFrom, textTo, other, 0, other.length);
  }

  boolean textBeginsWith(byte[] beginning) {
    return textLength() >= beginning.length
        && Arrays.equals(
            bytes, textFrom, textFrom + beginning.length, beginning, 0, beginning.length);
  }

  /** Whether the string last passed is a name, or that with a compiler's suffix or an offset. */
  boolean textNames(byte[] name) {
    return textBeginsWith(name)
        && (textLength() == name.length
            || bytes[textFrom + name.length] == '.'
            || bytes[textFrom + name.length] == '+');
  }

  boolean textContains(char ascii) {
    for (int i = textFrom; i < textTo; i++) {
      if (bytes[i] == ascii) {
        return true;
      }
    }
    return false;
  }

  /** First byte of the string last passed; -1 if it is empty. */
  int textFirst() {
    return textFrom < textTo ? bytes[textFrom] : -1;
  }

  private byte next() throws UnexpectedException {
    if (at >= until) {
      throw new UnexpectedException();
    }
    return bytes[at++];
  }

  private void skip(long count) throws UnexpectedException {
    if (count < 0 || count > until - at) {
      throw new UnexpectedException();
    }
    at += (int) count;
  }
}
