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

  /** mountinfo of a host with thousands of containers is some megabytes long. */
  private static final int MAX_BYTES = 16 << 20;

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
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IOException(file + " is longer than " + MAX_BYTES + " bytes");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      if (isGone(file)) {
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
      if (isGone(file)) {
        return null;
      }
      throw e;
    }
  }

  private static boolean isPid(Path entry) {
    String name = entry.getFileName().toString();
    return name.length() <= 9 && name.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Whether the process has ended since its file was opened; reading then fails with ESRCH. */
  private boolean isGone(String file) {
    Path process = root.resolve(file).subpath(root.getNameCount(), root.getNameCount() + 1);
    return isPid(process) && Files.notExists(root.resolve(process));
  }
}
