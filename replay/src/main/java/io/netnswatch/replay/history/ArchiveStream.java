package io.netnswatch.replay.history;

import io.netnswatch.command.UnusableInputException;
import io.netnswatch.detection.evidence.QuickLook;
import io.netnswatch.detection.evidence.QuickLook.Form;
import io.netnswatch.detection.evidence.QuickLook.Seen;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * A partition of an exported archive. Its events are given a quick look in the blocks of the file,
 * which settles nearly all; only the others are decoded.
 */
final class ArchiveStream implements EventStream {

  private final Path file;
  private final TimeRange range;
  private final QuickLook quickLook;
  private final DataFileReader<Object> reader;
  private final int partition;
  private final List<Kind> kinds;
  private byte[] block = new byte[0];
  private int at;
  private int end;
  private long left;
  private @Nullable BinaryDecoder decoder;
  private @Nullable RecordedEvent next;
  private boolean begun;

  /**
   * A kind of event, as the file holds it.
   *
   * @param topic it stood in
   * @param form in which a quick look knows it; null if in none
   * @param decoding of one that has to be decoded
   */
  private record Kind(
      String topic, @Nullable Form form, SpecificDatumReader<SpecificRecord> decoding) {

    static Kind of(Schema schema, Topics topics) {
      if (!(SpecificData.get().newRecord(null, schema) instanceof SpecificRecord any)) {
        throw new IllegalArgumentException("unknown event " + schema.getFullName());
      }
      SpecificDatumReader<SpecificRecord> decoding = new SpecificDatumReader<>();
      decoding.setSchema(schema);
      return new Kind(topics.topicOf(any), Form.of(schema), decoding);
    }
  }

  private ArchiveStream(
      Path file, TimeRange range, QuickLook quickLook, DataFileReader<Object> reader) {
    this.file = file;
    this.range = range;
    this.quickLook = quickLook;
    this.reader = reader;
    this.partition = Math.toIntExact(reader.getMetaLong(Archive.PARTITION_PROPERTY));
    Topics topics = new Topics(reader.getMetaString(Archive.PREFIX_PROPERTY));
    this.kinds =
        events(reader.getSchema()).getTypes().stream()
            .map(schema -> Kind.of(schema, topics))
            .toList();
  }

  /**
   * Opens a partition's file.
   *
   * @throws IOException if it can't be read, or is no such file
   */
  static ArchiveStream open(Path file, TimeRange range, QuickLook quickLook) throws IOException {
    DataFileReader<Object> reader = null;
    try {
      reader = new DataFileReader<>(file.toFile(), new SpecificDatumReader<>());
      return new ArchiveStream(file, range, quickLook, reader);
    } catch (FileNotFoundException e) { // or not readable
      throw e;
    } catch (IOException
        | AvroRuntimeException
        | IllegalArgumentException
        | ArithmeticException e) {
      if (reader != null) {
        reader.close();
      }
      throw new UnusableInputException(file + " is no file of an archive: " + e.getMessage(), e);
    }
  }

  private static Schema events(Schema archived) {
    Schema.Field event =
        archived.getType() == Schema.Type.RECORD ? archived.getField(Archive.EVENT) : null;
    if (event == null || event.schema().getType() != Schema.Type.UNION) {
      throw new IllegalArgumentException("no events, but " + archived.getFullName());
    }
    return event.schema();
  }

  @Override
  public @Nullable RecordedEvent peek() throws IOException {
    if (!begun) {
      begun = true;
      next = read();
    }
    return next;
  }

  @Override
  public void advance() {
    begun = false;
  }

  private @Nullable RecordedEvent read() throws IOException {
    while (left > 0 || readBlock()) {
      left--;
      RecordedEvent event;
      try {
        event = readEvent();
      } catch (AvroRuntimeException
          | EOFException
          | IllegalArgumentException
          | ArithmeticException
          | IndexOutOfBoundsException e) {
        throw damaged(e);
      }
      if (range.contains(Instant.ofEpochMilli(event.timeMs()))) {
        return event;
      }
    }
    return null;
  }

  private boolean readBlock() throws IOException {
    if (at != end) {
      throw damaged(new EOFException("more bytes than events"));
    }
    if (!hasNext()) {
      if (reader.previousSync() < Files.size(file)) { // Avro takes a torn block for the end
        throw new UnusableInputException(
            "cut off after byte " + reader.previousSync() + ": " + file);
      }
      return false;
    }
    ByteBuffer read = reader.nextBlock();
    block = read.array();
    at = read.arrayOffset() + read.position();
    end = at + read.remaining();
    left = reader.getBlockCount();
    return true;
  }

  private boolean hasNext() throws IOException {
    try {
      return reader.hasNext();
    } catch (AvroRuntimeException e) {
      throw damaged(e);
    }
  }

  private IOException damaged(Exception cause) throws IOException {
    return new UnusableInputException("damaged at byte " + reader.tell() + ": " + file, cause);
  }

  private RecordedEvent readEvent() throws IOException {
    long offset = readLong();
    Kind kind = kinds.get(Math.toIntExact(readLong()));
    SourceRef source = new SourceRef(kind.topic(), partition, offset);
    int from = at;
    Seen seen = kind.form() == null ? null : quickLook.at(kind.form(), block, from, end);
    if (seen == null) {
      return new RecordedEvent(decode(kind, from), source);
    }
    at = seen.end();
    return RecordedEvent.settled(seen, source, () -> decodeSettled(kind, from));
  }

  private TelemetryEvent decode(Kind kind, int from) throws IOException {
    BinaryDecoder open = DecoderFactory.get().binaryDecoder(block, from, end - from, decoder);
    decoder = open;
    TelemetryEvent event = TelemetryEvent.from(kind.decoding().read(null, open));
    at = end - open.inputStream().available();
    return event;
  }

  private TelemetryEvent decodeSettled(Kind kind, int from) {
    int behind = at;
    try {
      return decode(kind, from);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      at = behind;
    }
  }

  private long readLong() throws IOException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE && at < end; shift += 7) {
      byte read = block[at++];
      value |= (read & 0x7fL) << shift;
      if (read >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new EOFException("no number");
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
