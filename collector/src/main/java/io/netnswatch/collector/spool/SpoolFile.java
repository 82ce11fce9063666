package io.netnswatch.collector.spool;

import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TelemetryEvent;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * One file of the spool: an Avro object container file (Avro 1.12 specification, "Object Container
 * Files") of the union of the three telemetry records, deflated, with one event in each block. So
 * each event ends with the file's sync marker, by which a torn or damaged one is told. Not
 * thread-safe.
 */
final class SpoolFile implements AutoCloseable {

  /** What a file holds, in this order. */
  static final Schema SCHEMA =
      Schema.createUnion(
          ProcSnapshot.getClassSchema(),
          PerfSample.getClassSchema(),
          NetnsLatency.getClassSchema());

  private static final int DEFLATE_FAST = 1;
  private static final int MAX_BLOCK_HEADER_BYTES = 20;
  private static final int SEARCH_BYTES = 1 << 16;

  private final Path path;
  private final long number;
  private final FileChannel channel;
  private final byte[] marker;
  private final long firstBlock;
  private final ByteArrayOutputStream encoded;
  private final @Nullable DataFileWriter<SpecificRecord> encoder;
  private @Nullable DataFileReader<SpecificRecord> reader;
  private long end;
  private boolean synced = true;

  private SpoolFile(
      Path path,
      long number,
      FileChannel channel,
      byte[] header,
      ByteArrayOutputStream encoded,
      @Nullable DataFileWriter<SpecificRecord> encoder) {
    this.path = path;
    this.number = number;
    this.channel = channel;
    this.encoded = encoded;
    this.encoder = encoder;
    marker = Arrays.copyOfRange(header, header.length - DataFileConstants.SYNC_SIZE, header.length);
    firstBlock = header.length;
    end = header.length;
  }

  /**
   * Begins a new file.
   *
   * @throws IOException if its header can't be written; then there is no file
   */
  static SpoolFile create(Path path, long number) throws IOException {
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    DataFileWriter<SpecificRecord> encoder =
        new DataFileWriter<SpecificRecord>(new SpecificDatumWriter<>(SCHEMA));
    encoder.setCodec(CodecFactory.deflateCodec(DEFLATE_FAST));
    encoder.create(SCHEMA, encoded);
    encoder.flush();
    byte[] header = encoded.toByteArray();
    encoded.reset();
    FileChannel channel =
        FileChannel.open(
            path,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
            Spool.OWNER_ONLY_FILE);
    try {
      writeFully(channel, header, 0);
    } catch (IOException e) {
      channel.close();
      Files.delete(path);
      throw e;
    }
    return new SpoolFile(path, number, channel, header, encoded, encoder);
  }

  /**
   * Opens the file of an earlier run, to be read only.
   *
   * @throws IOException if it can't be read, or has no whole header
   */
  static SpoolFile open(Path path, long number) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try (DataFileReader<SpecificRecord> header = reader(path)) {
      byte[] bytes = new byte[Math.toIntExact(header.previousSync())];
      readFully(channel, bytes, 0);
      SpoolFile file =
          new SpoolFile(path, number, channel, bytes, new ByteArrayOutputStream(), null);
      file.end = channel.size();
      return file;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e instanceof IOException io ? io : new IOException("no Avro header in " + path, e);
    }
  }

  private static DataFileReader<SpecificRecord> reader(Path path) throws IOException {
    SpecificDatumReader<SpecificRecord> events = new SpecificDatumReader<>();
    events.setExpected(SCHEMA);
    return new DataFileReader<>(path.toFile(), events);
  }

  long number() {
    return number;
  }

  /** Where the first event begins. */
  long firstBlock() {
    return firstBlock;
  }

  /** Where the next event would begin. */
  long end() {
    return end;
  }

  /**
   * Writes one event, whole or not at all.
   *
   * @throws IOException if it can't be written, e.g. because the disk is full
   */
  void append(TelemetryEvent event) throws IOException {
    if (encoder == null) {
      throw new IllegalStateException(path + " is open for reading only");
    }
    encoder.append(event.value());
    encoder.sync();
    encoder.flush();
    byte[] block = encoded.toByteArray();
    encoded.reset();
    synced = false;
    try {
      writeFully(channel, block, end);
    } catch (IOException e) {
      channel.truncate(end);
      throw e;
    }
    end += block.length;
  }

  /** Makes what was appended outlast a power failure. */
  void sync() throws IOException {
    if (!synced) {
      channel.force(false);
      synced = true;
    }
  }

  /**
   * The event in the block at a position.
   *
   * @throws IOException if the block does not hold an event
   */
  TelemetryEvent read(long position) throws IOException {
    if (reader == null) {
      reader = reader(path);
    }
    try {
      reader.seek(position);
      return TelemetryEvent.from(reader.next());
    } catch (RuntimeException e) { // Avro's ways to say that bytes are no record
      throw new IOException("no event at byte " + position + " of " + path, e);
    }
  }

  /** Where the block at a position ends; -1 if no whole block of one event is there. */
  long blockEnd(long position) throws IOException {
    byte[] bytes = new byte[(int) Math.min(MAX_BLOCK_HEADER_BYTES, Math.max(0, end - position))];
    readFully(channel, bytes, position);
    BinaryDecoder header = DecoderFactory.get().binaryDecoder(bytes, null);
    long size;
    long start;
    try {
      long count = header.readLong();
      size = header.readLong();
      start = position + bytes.length - header.inputStream().available();
      if (count != 1) {
        return -1;
      }
    } catch (EOFException | RuntimeException e) {
      return -1; // cut off within the header
    } catch (IOException e) {
      return -1; // not a number
    }
    long markerAt = start + size;
    if (size < 0 || markerAt < start || markerAt + marker.length > end) {
      return -1;
    }
    byte[] found = new byte[marker.length];
    readFully(channel, found, markerAt);
    return Arrays.equals(found, marker) ? markerAt + marker.length : -1;
  }

  /**
   * Where a block may begin after damage: behind the next marker; the file's end if none is left.
   */
  long afterDamage(long position) throws IOException {
    byte[] chunk = new byte[SEARCH_BYTES];
    for (long at = position; at < end; at += SEARCH_BYTES - marker.length + 1) {
      byte[] bytes = end - at < chunk.length ? new byte[(int) (end - at)] : chunk;
      readFully(channel, bytes, at);
      for (int i = 0; i + marker.length <= bytes.length; i++) {
        if (Arrays.equals(bytes, i, i + marker.length, marker, 0, marker.length)) {
          return at + i + marker.length;
        }
      }
    }
    return end;
  }

  /** Removes it from the disk. */
  void delete() throws IOException {
    close();
    Files.deleteIfExists(path);
  }

  @Override
  public void close() throws IOException {
    if (reader != null) {
      reader.close();
    }
    channel.close(); // the encoder writes to memory and holds nothing
  }

  private static void writeFully(FileChannel channel, byte[] bytes, long position)
      throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      channel.write(left, position + left.position());
    }
  }

  private static void readFully(FileChannel channel, byte[] bytes, long position)
      throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      if (channel.read(left, position + left.position()) < 0) {
        throw new EOFException("the file ends before byte " + (position + bytes.length));
      }
    }
  }
}
