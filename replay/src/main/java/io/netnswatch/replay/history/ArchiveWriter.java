package io.netnswatch.replay.history;

import static java.util.Objects.requireNonNull;

import io.netnswatch.schema.Incident;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificDatumWriter;

/** Writes the files of an archive. Not thread-safe. */
public final class ArchiveWriter implements AutoCloseable {

  private static final int SYNC_INTERVAL_BYTES = 1 << 18;

  private final DataFileWriter<IndexedRecord> writer;
  private long count;

  private ArchiveWriter(DataFileWriter<IndexedRecord> writer) {
    this.writer = writer;
  }

  /**
   * Begins the file of a partition.
   *
   * @throws IOException if it can't be written
   */
  public static ArchiveWriter ofPartition(Path folder, Topics topics, int partition)
      throws IOException {
    DataFileWriter<IndexedRecord> writer = writer();
    writer.setMeta(Archive.PREFIX_PROPERTY, topics.prefix());
    writer.setMeta(Archive.PARTITION_PROPERTY, partition);
    writer.create(Archive.SCHEMA, Archive.partition(folder, partition).toFile());
    return new ArchiveWriter(writer);
  }

  /**
   * Begins the file of incidents.
   *
   * @throws IOException if it can't be written
   */
  public static ArchiveWriter ofIncidents(Path folder) throws IOException {
    DataFileWriter<IndexedRecord> writer = writer();
    writer.create(Incident.getClassSchema(), Archive.incidents(folder).toFile());
    return new ArchiveWriter(writer);
  }

  private static DataFileWriter<IndexedRecord> writer() {
    return new DataFileWriter<IndexedRecord>(new SpecificDatumWriter<>())
        .setCodec(Archive.CODEC)
        .setSyncInterval(SYNC_INTERVAL_BYTES);
  }

  /**
   * Adds an event.
   *
   * @throws IOException if it can't be written
   * @throws NullPointerException if it did not stand in Kafka
   */
  public void add(RecordedEvent event) throws IOException {
    GenericData.Record archived = new GenericData.Record(Archive.SCHEMA);
    archived.put(Archive.OFFSET, requireNonNull(event.source()).offset());
    archived.put(Archive.EVENT, event.event().value());
    writer.append(archived);
    count++;
  }

  /**
   * Adds an incident.
   *
   * @throws IOException if it can't be written
   */
  public void add(Incident incident) throws IOException {
    writer.append(incident);
    count++;
  }

  /** How many were added. */
  public long count() {
    return count;
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
