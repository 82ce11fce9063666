package io.netnswatch.replay.history;

import io.netnswatch.command.UnusableInputException;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.schema.DeadLetterReason;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Avro object container files, one after the other: a partition of an exported archive, or the
 * spool of a collector. A damaged event of a spool is passed over and counted, since a crash leaves
 * one; a damaged archive is an error.
 */
final class FileStream implements EventStream {

  private final Iterator<Path> files;
  private final TimeRange range;
  private @Nullable DataFileReader<IndexedRecord> reader;
  private @Nullable Path file;
  private @Nullable Origin origin;
  private @Nullable RecordedEvent next;
  private boolean begun;
  private long damaged;

  /** Where the events of an archive's file stood. */
  private record Origin(Topics topics, int partition) {

    static Origin of(DataFileReader<IndexedRecord> reader) {
      return new Origin(
          new Topics(reader.getMetaString(Archive.PREFIX_PROPERTY)),
          Math.toIntExact(reader.getMetaLong(Archive.PARTITION_PROPERTY)));
    }

    RecordedEvent event(IndexedRecord archived) {
      SpecificRecord value = (SpecificRecord) archived.get(1);
      long offset = (Long) archived.get(0);
      SourceRef source = new SourceRef(topics.topicOf(value), partition, offset);
      return new RecordedEvent(TelemetryEvent.from(value), source);
    }
  }

  FileStream(List<Path> files, TimeRange range) {
    this.files = files.iterator();
    this.range = range;
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
    while (reader != null || files.hasNext()) {
      DataFileReader<IndexedRecord> open = reader != null ? reader : open(files.next());
      RecordedEvent event = read(open);
      if (event == null) {
        close();
      } else if (range.contains(event.event().eventTime())) {
        return event;
      }
    }
    return null;
  }

  private DataFileReader<IndexedRecord> open(Path path) throws IOException {
    DataFileReader<IndexedRecord> opened;
    try {
      opened = new DataFileReader<>(path.toFile(), new SpecificDatumReader<>());
    } catch (FileNotFoundException e) { // or not readable
      throw e;
    } catch (IOException | AvroRuntimeException e) {
      throw new UnusableInputException(
          path + " is no Avro object container file: " + e.getMessage(), e);
    }
    reader = opened;
    file = path;
    boolean archived = opened.getSchema().getType() == Schema.Type.RECORD;
    origin = archived ? Origin.of(opened) : null;
    return opened;
  }

  private @Nullable RecordedEvent read(DataFileReader<IndexedRecord> from) throws IOException {
    while (true) {
      try {
        if (!from.hasNext()) {
          checkEnd(from);
          return null;
        }
        IndexedRecord read = from.next();
        return origin != null
            ? origin.event(read)
            : new RecordedEvent(TelemetryEvent.from((SpecificRecord) read), null);
      } catch (AvroRuntimeException | IllegalArgumentException e) {
        if (origin != null) {
          throw new UnusableInputException("damaged at byte " + from.tell() + ": " + file, e);
        }
        damaged++;
        from.sync(from.tell());
      }
    }
  }

  /** Avro takes a torn block for the end. */
  private void checkEnd(DataFileReader<IndexedRecord> ended) throws IOException {
    if (file != null && ended.previousSync() < Files.size(file)) {
      if (origin != null) {
        throw new UnusableInputException(
            "cut off after byte " + ended.previousSync() + ": " + file);
      }
      damaged++;
    }
  }

  @Override
  public Map<DeadLetterReason, Long> unusable() {
    return damaged == 0 ? Map.of() : Map.of(DeadLetterReason.UNDECODABLE, damaged);
  }

  @Override
  public void close() throws IOException {
    DataFileReader<IndexedRecord> open = reader;
    reader = null;
    if (open != null) {
      open.close();
    }
  }
}
