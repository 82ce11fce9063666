package io.netnswatch.streams.state;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/** How the parts of a state value are encoded; differs between formats. */
interface StateInput {

  /** The format it was written in. */
  int format();

  boolean readBoolean() throws IOException;

  int readInt() throws IOException;

  long readLong() throws IOException;

  double readDouble() throws IOException;

  String readString() throws IOException;

  int readSize() throws IOException;

  /**
   * The input of a value, behind its first byte, which tells the format.
   *
   * @throws IOException if the format is not known, e.g. written by a newer release
   */
  static StateInput of(byte[] value) throws IOException {
    if (value.length == 0) {
      throw new IOException("state without a format");
    }
    return switch (value[0]) {
      case 1 -> new Fixed(value);
      case 2, StateOutput.FORMAT -> new Compact(value);
      default ->
          throw new IOException("state of format " + value[0] + " was written by another release");
    };
  }

  /** Format 1: numbers of fixed size, each string whole. */
  final class Fixed implements StateInput {

    private final DataInputStream in;

    private Fixed(byte[] value) {
      this.in = new DataInputStream(new ByteArrayInputStream(value, 1, value.length - 1));
    }

    @Override
    public int format() {
      return 1;
    }

    @Override
    public boolean readBoolean() throws IOException {
      return in.readBoolean();
    }

    @Override
    public int readInt() throws IOException {
      return in.readInt();
    }

    @Override
    public long readLong() throws IOException {
      return in.readLong();
    }

    @Override
    public double readDouble() throws IOException {
      return in.readDouble();
    }

    @Override
    public String readString() throws IOException {
      return in.readUTF();
    }

    @Override
    public int readSize() throws IOException {
      return in.readUnsignedShort();
    }
  }

  /** Formats 2 and 3: see {@link StateOutput}. */
  final class Compact implements StateInput {

    private final int format;
    private final BinaryDecoder in;
    private final List<String> strings = new ArrayList<>();

    private Compact(byte[] value) {
      this.format = value[0];
      this.in = DecoderFactory.get().binaryDecoder(value, 1, value.length - 1, null);
    }

    @Override
    public int format() {
      return format;
    }

    @Override
    public boolean readBoolean() throws IOException {
      return in.readBoolean();
    }

    @Override
    public int readInt() throws IOException {
      return in.readInt();
    }

    @Override
    public long readLong() throws IOException {
      return in.readLong();
    }

    @Override
    public double readDouble() throws IOException {
      return in.readDouble();
    }

    @Override
    public String readString() throws IOException {
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

    @Override
    public int readSize() throws IOException {
      int size = in.readInt();
      if (size < 0) {
        throw new IOException("state has a list of " + size);
      }
      return size;
    }
  }
}
