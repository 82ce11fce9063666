package io.netnswatch.collector.spool;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How far the spool has been acknowledged. On disk a text of one fact a line: {@code file NUMBER
 * BYTES}, and for each partition {@code partition TOPIC NUMBER OFFSET}.
 *
 * @param fileNumber the file in which the oldest unacknowledged event is
 * @param position where it begins there, in bytes
 * @param offsets by topic and partition: no event of the spool was published below
 */
record Cursor(long fileNumber, long position, Map<Partition, Long> offsets) {

  private static final String END = "end";

  Cursor {
    offsets = Map.copyOf(offsets);
  }

  /** Replaces the file in one step: a crash leaves the old or the new one. */
  void write(Path file) throws IOException {
    StringBuilder text = new StringBuilder("file " + fileNumber + " " + position + "\n");
    new TreeMap<>(offsets)
        .forEach(
            (at, offset) ->
                text.append("partition %s %d %d\n".formatted(at.topic(), at.number(), offset)));
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.deleteIfExists(next);
    Files.createFile(next, Spool.OWNER_ONLY_FILE);
    Files.writeString(next, text + END + "\n", UTF_8);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The cursor of a file; empty if there is none, or if a power failure has cut it off. */
  static Optional<Cursor> read(Path file) throws IOException {
    try {
      return parse(Files.readAllLines(file, UTF_8));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (java.nio.charset.CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static Optional<Cursor> parse(List<String> lines) {
    if (lines.isEmpty() || !lines.get(lines.size() - 1).equals(END)) {
      return Optional.empty();
    }
    long fileNumber = 0;
    long position = 0;
    Map<Partition, Long> offsets = new HashMap<>();
    try {
      for (String line : lines.subList(0, lines.size() - 1)) {
        String[] words = line.split(" ", -1);
        if (words[0].equals("file") && words.length == 3) {
          fileNumber = Long.parseLong(words[1]);
          position = Long.parseLong(words[2]);
        } else if (words[0].equals("partition") && words.length == 4) {
          offsets.put(
              new Partition(words[1], Integer.parseInt(words[2])), Long.parseLong(words[3]));
        }
      }
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
    return Optional.of(new Cursor(fileNumber, position, offsets));
  }
}
