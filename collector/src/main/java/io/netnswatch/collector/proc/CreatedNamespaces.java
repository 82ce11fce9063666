package io.netnswatch.collector.proc;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts network namespaces that are there for the first time: creations that finished. Cheap
 * between two full scans: of new processes the link {@code ns/net}, of new names their inode. A
 * lower bound: one that came and went between two snapshots is not seen, nor one that got the
 * number of a namespace which went in the meantime. Not thread-safe.
 */
final class CreatedNamespaces {

  /** Of so many new processes the namespace is read in one snapshot; a full scan sees the rest. */
  private static final int MAX_PROCESSES = 256;

  private static final int MAX_NAMES = 4_096;

  private final Path runNetns;
  private Set<Long> known = new HashSet<>();
  private Map<String, Long> named = Map.of();
  private boolean begun;

  /**
   * Knows none yet.
   *
   * @param runNetns where namespaces are bound to names
   */
  CreatedNamespaces(Path runNetns) {
    this.runNetns = runNetns;
  }

  /**
   * How many are new since the snapshot before.
   *
   * @param newPids processes that were not there in the snapshot before
   * @param scanned all namespaces, if they were scanned for this snapshot
   * @return null in the first snapshot, and where they can't be listed
   */
  @Nullable Integer count(
      ProcReading reading, List<Integer> newPids, @Nullable Namespaces scanned) {
    if (!begun) {
      begun = scanned != null;
      if (scanned != null) {
        remember(scanned);
      }
      return null;
    }
    int knownBefore = known.size();
    for (int pid : newPids.subList(0, Math.min(newPids.size(), MAX_PROCESSES))) {
      Long inode = Namespaces.netInode(reading.files(), pid);
      if (inode != null) {
        known.add(inode);
      }
    }
    named = names(reading);
    known.addAll(named.values());
    if (scanned != null) {
      known.addAll(scanned.reachable());
    }
    int created = known.size() - knownBefore;
    if (scanned != null) {
      remember(scanned);
    }
    return created;
  }

  /** Numbers are used again: those of namespaces that went are forgotten. */
  private void remember(Namespaces scanned) {
    known = new HashSet<>(scanned.reachable());
    named = scanned.named();
  }

  /** Inode by name: of a name that was there before it is not read again. */
  private Map<String, Long> names(ProcReading reading) {
    Map<String, Long> found = new HashMap<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(runNetns)) {
      Object placeholders = Files.getAttribute(runNetns, "unix:dev");
      for (Path entry : entries) {
        if (found.size() == MAX_NAMES) {
          break;
        }
        String name = entry.getFileName().toString();
        Long inode = named.get(name);
        if (inode == null) {
          Map<String, Object> file = Files.readAttributes(entry, "unix:dev,ino");
          inode = placeholders.equals(file.get("dev")) ? null : (Long) file.get("ino");
        }
        if (inode != null) {
          found.put(name, inode);
        }
      }
    } catch (NoSuchFileException e) {
      return found; // no directory, or a name that went meanwhile
    } catch (IOException e) {
      reading.note("/run/netns: " + e.getClass().getSimpleName());
    }
    return found;
  }
}
