package io.netnswatch.collector.proc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link ProcFiles} of a directory.
 *
 * @param root {@code /proc}, or where the host's is mounted
 */
public record ProcDirectory(Path root) implements ProcFiles {

  private static final int MAX_BYTES = 1 << 20;

  /** What reading a file of a process that has just gone fails with (ESRCH). */
  private static final String GONE = "No such process";

  @Override
  public List<Integer> pids() throws IOException {
    List<Integer> pids = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root, ProcDirectory::isPid)) {
      entries.forEach(entry -> pids.add(Integer.valueOf(entry.getFileName().toString())));
    }
    return pids;
  }

  @Override
  public @Nullable String read(String file) throws IOException {
    try (InputStream in = Files.newInputStream(root.resolve(file))) {
      return new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      if (isGone(e)) {
        return null;
      }
      throw e;
    }
  }

  @Override
  public @Nullable String readLink(String file) throws IOException {
    try {
      return Files.readSymbolicLink(root.resolve(file)).toString();
    } catch (NoSuchFileException e) {
      return null;
    } catch (FileSystemException e) {
      if (isGone(e)) {
        return null;
      }
      throw e;
    }
  }

  private static boolean isPid(Path entry) {
    String name = entry.getFileName().toString();
    return name.length() <= 9 && name.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static boolean isGone(IOException e) {
    return e.getMessage() != null && e.getMessage().endsWith(GONE);
  }
}
