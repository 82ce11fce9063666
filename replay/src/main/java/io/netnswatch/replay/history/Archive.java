package io.netnswatch.replay.history;

import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.CodecFactory;

/**
 * The layout of an exported archive: a folder of Avro object container files, one for each
 * partition, with its three topics merged into the order in which they are judged.
 *
 * <pre>
 * manifest.json           what it is; written last
 * partition-0000.avro     {offset, event}, event one of the three telemetry records
 * …
 * incidents.avro          what the live application had emitted in that range
 * </pre>
 */
final class Archive {

  /** Fast to read; Avro's specification names it among the optional codecs. */
  static final CodecFactory CODEC = CodecFactory.zstandardCodec(3);

  static final String OFFSET = "offset";
  static final String EVENT = "event";
  static final String PARTITION_PROPERTY = "netnswatch.partition";
  static final String PREFIX_PROPERTY = "netnswatch.topic_prefix";

  static final Schema SCHEMA =
      SchemaBuilder.record("ArchivedEvent")
          .namespace("io.netnswatch.archive")
          .doc("An event; topic and partition follow from its kind and the file's properties.")
          .fields()
          .name(OFFSET)
          .doc("Where it stood in its topic's partition.")
          .type()
          .longType()
          .noDefault()
          .name(EVENT)
          .type(
              Schema.createUnion(
                  ProcSnapshot.getClassSchema(),
                  PerfSample.getClassSchema(),
                  NetnsLatency.getClassSchema()))
          .noDefault()
          .endRecord();

  private Archive() {}

  static Path partition(Path folder, int partition) {
    return folder.resolve(String.format(Locale.ROOT, "partition-%04d.avro", partition));
  }

  static Path incidents(Path folder) {
    return folder.resolve("incidents.avro");
  }

  /** Files of a folder with a name like that, by name. */
  static List<Path> files(Path folder, String glob) throws IOException {
    List<Path> files = new ArrayList<>();
    try (var entries = Files.newDirectoryStream(folder, glob)) {
      entries.forEach(files::add);
    }
    files.sort(null);
    return files;
  }

  /** Folders below that hold files of a spool. */
  static List<Path> spools(Path folder) throws IOException {
    List<Path> spools = new ArrayList<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path entry : all.filter(Files::isDirectory).sorted().toList()) {
        if (!files(entry, "*.avro").isEmpty()) {
          spools.add(entry);
        }
      }
    }
    return spools;
  }
}
