package io.netnswatch.collector.proc;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link ProcFiles} of a directory. Made for thousands of small files a second: the plain streams
 * cost half of what channels do, and the buffer is used again. Not thread-safe.
 */
public final class ProcDirectory implements ProcFiles {

  /** mountinfo of a host with thousands of containers is some megabytes long. */
  private static final int MAX_BYTES = 16 << 20;

  private static final int MAX_KEPT_BUFFER = 1 << 16;

  /** For more in one read the plain streams allocate native memory each time. */
  private static final int MAX_READ = 1 << 13;

  private final Path root;
  private final String prefix;
  private byte[] buffer = new byte[1 << 12];

  /**
   * The files below a directory.
   *
   * @param root {@code /proc}, or where the host's is mounted
   */
  public ProcDirectory(Path root) {
    this.root = root;
    this.prefix = root + "/";
  }

  @Override
  public List<Integer> pids() throws IOException {
    String[] entries = root.toFile().list();
    if (entries == null) {
      throw new IOException(root + " can't be listed");
    }
    return numbers(entries);
  }

  @Override
  public List<Integer> threads(int pid) throws IOException {
    String directory = prefix + pid + "/task";
    String[] entries = Path.of(directory).toFile().list();
    if (entries == null && Files.exists(Path.of(directory))) {
      throw new AccessDeniedException(directory);
    }
    return entries == null ? List.of() : numbers(entries);
  }

  private static List<Integer> numbers(String[] entries) {
    List<Integer> numbers = new ArrayList<>(entries.length);
    for (String entry : entries) {
      if (isNumber(entry)) {
        numbers.add(Integer.valueOf(entry));
      }
    }
    return numbers;
  }

  @Override
  public @Nullable String read(String file) throws IOException {
    try (InputStream in = new FileInputStream(prefix + file)) {
      int length = 0;
      for (int read = read(in, 0); read > 0; read = read(in, length)) {
        length += read;
        if (length > MAX_BYTES) {
          throw new IOException(file + " is longer than " + MAX_BYTES + " bytes");
        }
        if (length == buffer.length) {
          buffer = Arrays.copyOf(buffer, 2 * length);
        }
      }
      return new String(buffer, 0, length, StandardCharsets.UTF_8);
    } catch (FileNotFoundException e) {
      if (Files.notExists(root.resolve(file))) {
        return null;
      }
      throw new AccessDeniedException(file);
    } catch (IOException e) {
      if (isGone(file)) {
        return null;
      }
      throw e;
    } finally {
      if (buffer.length > MAX_KEPT_BUFFER) {
        buffer = new byte[MAX_KEPT_BUFFER];
      }
    }
  }

  private int read(InputStream in, int length) throws IOException {
    return in.read(buffer, length, Math.min(MAX_READ, buffer.length - length));
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

  private static boolean isNumber(String name) {
    return name.length() <= 9 && name.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Whether the process has ended since its file was opened; reading then fails with ESRCH. */
  private boolean isGone(String file) {
    int slash = file.indexOf('/');
    return slash > 0
        && isNumber(file.substring(0, slash))
        && Files.notExists(root.resolve(file).getParent());
  }
}
