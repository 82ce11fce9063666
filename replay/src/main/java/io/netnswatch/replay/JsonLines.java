package io.netnswatch.replay;

import io.netnswatch.schema.Incident;
import io.netnswatch.schema.RecordJson;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes steps to a file, a JSON object a line, with the field names of the schema. */
final class JsonLines implements IncidentSink {

  private final BufferedWriter file;

  /** Begins the file; replaces what is there. */
  JsonLines(Path file) throws IOException {
    this.file = Files.newBufferedWriter(file);
  }

  @Override
  public void accept(Incident incident) throws IOException {
    file.append(RecordJson.of(incident).toString()).append('\n');
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
