package io.netnswatch.collector.proc;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The living network namespaces of a host.
 *
 * @param named inode by name, for those bound in {@code /run/netns}
 * @param placeholders names in {@code /run/netns} that nothing is mounted on
 * @param inhabited namespaces with a process inside, through which their counters can be read
 * @param reachable how many there are, named or inhabited
 */
public record Namespaces(
    Map<String, Long> named, List<String> placeholders, List<Inhabited> inhabited, int reachable) {

  private static final Pattern LINK = Pattern.compile("^net:\\[(\\d{1,19})\\]$");

  public Namespaces {
    named = Map.copyOf(named);
    placeholders = List.copyOf(placeholders);
    inhabited = List.copyOf(inhabited);
  }

  /**
   * A namespace with a process inside.
   *
   * @param inode its inode in nsfs
   * @param name its name in {@code /run/netns}; null if it has none
   * @param pid a process inside
   */
  public record Inhabited(long inode, @Nullable String name, int pid) {}

  /**
   * Looks at every process; as dear as reading one link each.
   *
   * @param files the host's /proc
   * @param pids its processes
   * @param runNetns where namespaces are bound to names
   * @throws IOException if mounts or the directory can't be read
   */
  static Namespaces read(ProcFiles files, List<Integer> pids, Path runNetns) throws IOException {
    Map<String, Long> named = readNamed(files, runNetns);
    Map<Long, String> nameByInode = new HashMap<>();
    named.forEach((name, inode) -> nameByInode.put(inode, name));
    Map<Long, Inhabited> inhabited = new LinkedHashMap<>();
    for (int pid : pids) {
      Long inode = netInode(files, pid);
      if (inode != null) {
        inhabited.putIfAbsent(inode, new Inhabited(inode, nameByInode.get(inode), pid));
      }
    }
    long uninhabited =
        nameByInode.keySet().stream().filter(inode -> !inhabited.containsKey(inode)).count();
    return new Namespaces(
        named,
        placeholders(runNetns, named),
        List.copyOf(inhabited.values()),
        inhabited.size() + (int) uninhabited);
  }

  /**
   * Inode by name.
   *
   * @throws IOException if the mounts can't be read
   */
  public static Map<String, Long> readNamed(ProcFiles files, Path runNetns) throws IOException {
    String mountinfo = files.read("1/mountinfo");
    if (mountinfo == null) {
      return Map.of();
    }
    return NamedNamespaces.parse(mountinfo, runNetns.toString());
  }

  private static @Nullable Long netInode(ProcFiles files, int pid) {
    try {
      String link = files.readLink(pid + "/ns/net");
      Matcher matcher = LINK.matcher(link == null ? "" : link);
      return matcher.matches() ? Long.valueOf(matcher.group(1)) : null;
    } catch (IOException e) {
      // Another user's process: its namespace is not reachable for us. Counts are lower bounds.
      return null;
    }
  }

  private static List<String> placeholders(Path runNetns, Map<String, Long> named)
      throws IOException {
    List<String> placeholders = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(runNetns)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (!named.containsKey(name)) {
          placeholders.add(name);
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    }
    placeholders.sort(null);
    return placeholders;
  }
}
