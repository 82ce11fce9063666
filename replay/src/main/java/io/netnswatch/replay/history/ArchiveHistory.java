package io.netnswatch.replay.history;

import io.netnswatch.command.UnusableInputException;
import io.netnswatch.detection.evidence.QuickLook;
import io.netnswatch.schema.Incident;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.specific.SpecificDatumReader;

/**
 * A folder of Avro object container files: what {@code export} wrote, or the spools of collectors,
 * one in each folder below.
 */
public final class ArchiveHistory implements History {

  private final Path folder;
  private final boolean exported;

  /**
   * Opens an archive.
   *
   * @throws IOException if there is none, or one whose export was not finished
   */
  public ArchiveHistory(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new UnusableInputException(folder + " is no folder");
    }
    this.folder = folder;
    this.exported = ArchiveManifest.isIn(folder);
    if (exported) {
      ArchiveManifest.read(folder);
    } else if (Files.exists(Archive.partition(folder, 0))) {
      throw new UnusableInputException(
          folder + " has no manifest.json: its export was not finished");
    } else if (Archive.spools(folder).isEmpty()) {
      throw new UnusableInputException("no *.avro in " + folder);
    }
  }

  @Override
  public String name() {
    return "archive " + folder;
  }

  @Override
  public List<EventStream> streams(TimeRange range) throws IOException {
    List<List<Path>> groups =
        exported
            ? Archive.files(folder, "partition-*.avro").stream().map(List::of).toList()
            : spools();
    return groups.stream().<EventStream>map(files -> new FileStream(files, range)).toList();
  }

  @Override
  public List<EventStream> streams(TimeRange range, QuickLook quickLook) throws IOException {
    if (!exported) {
      return streams(range);
    }
    List<EventStream> streams = new ArrayList<>();
    try {
      for (Path file : Archive.files(folder, "partition-*.avro")) {
        streams.add(ArchiveStream.open(file, range, quickLook));
      }
      return streams;
    } catch (IOException e) {
      for (EventStream opened : streams) {
        opened.close();
      }
      throw e;
    }
  }

  private List<List<Path>> spools() throws IOException {
    List<List<Path>> spools = new ArrayList<>();
    for (Path spool : Archive.spools(folder)) {
      spools.add(Archive.files(spool, "*.avro"));
    }
    return spools;
  }

  @Override
  public boolean isComplete() {
    return !exported;
  }

  @Override
  public void liveIncidents(Consumer<Incident> reader) throws IOException {
    if (!exported) {
      throw new IOException("a spool does not hold what the live application emitted");
    }
    try (DataFileReader<Incident> incidents =
        new DataFileReader<>(
            Archive.incidents(folder).toFile(),
            new SpecificDatumReader<Incident>(Incident.getClassSchema()))) {
      incidents.forEach(reader);
    }
  }
}
