package io.netnswatch.replay.history;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netnswatch.command.UnusableInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code manifest.json} of an archive; written last, so an archive that has one is whole.
 *
 * @param format {@value #FORMAT}
 * @param topicPrefix of the topics it was exported from
 * @param partitions how many each telemetry topic had
 * @param from begin of the exported range, ISO 8601; null for the topics' beginning
 * @param to its end, exclusive; null for the topics' end at that time
 * @param events events in it
 * @param incidents incidents of the live application in it
 * @param unusable records that held no event and were left out, by reason
 * @param detectorVersion version of netnswatch that wrote it
 */
public record ArchiveManifest(
    @JsonProperty(required = true) String format,
    @JsonProperty(value = "topic_prefix", required = true) String topicPrefix,
    @JsonProperty(required = true) int partitions,
    @JsonProperty @Nullable String from,
    @JsonProperty @Nullable String to,
    @JsonProperty(required = true) long events,
    @JsonProperty(required = true) long incidents,
    @JsonProperty(required = true) Map<String, Long> unusable,
    @JsonProperty(value = "netnswatch_version", required = true) String detectorVersion) {

  /** The one format there is. */
  public static final String FORMAT = "netnswatch-archive/1";

  private static final String FILE = "manifest.json";
  private static final JsonMapper JSON = new JsonMapper();

  /** Whether an archive is there, whole. */
  static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(FILE));
  }

  /**
   * Reads that of an archive.
   *
   * @throws IOException if there is none, or of another format
   */
  public static ArchiveManifest read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    try {
      ArchiveManifest manifest = JSON.readValue(file.toFile(), ArchiveManifest.class);
      if (manifest == null || manifest.format() == null) {
        throw new UnusableInputException(file + ": keys and their values are wanted");
      }
      if (!manifest.format().equals(FORMAT)) {
        throw new UnusableInputException(
            file + ": format is " + manifest.format() + ", expected " + FORMAT);
      }
      return manifest;
    } catch (JsonProcessingException e) {
      throw new UnusableInputException(
          file + ": " + e.getOriginalMessage().replaceAll(" of type `[^`]*`", ""));
    }
  }

  /** Writes it, which completes the archive. */
  public void write(Path folder) throws IOException {
    Path unfinished = folder.resolve(FILE + ".part");
    Files.writeString(
        unfinished, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
    Files.move(unfinished, folder.resolve(FILE));
  }
}
