package io.netnswatch.collector.proc;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The living network namespaces of a host.
 *
 * @param named inode by name, for those bound in {@code /run/netns}
 * @param placeholders names in {@code /run/netns} that nothing is mounted on
 * @param inhabited namespaces with a process inside, through which their counters can be read; the
 *     counters of one that only has a name can't be read without entering it, and are not
 * @param reachable inodes of all, mounted anywhere or inhabited
 */
public record Namespaces(
    Map<String, Long> named,
    List<String> placeholders,
    List<Inhabited> inhabited,
    Set<Long> reachable) {

  private static final String RUN_NETNS = "run/netns";
  private static final Pattern LINK = Pattern.compile("^net:\\[(\\d{1,19})\\]$");

  public Namespaces {
    named = Map.copyOf(named);
    placeholders = List.copyOf(placeholders);
    inhabited = List.copyOf(inhabited);
    reachable = Set.copyOf(reachable);
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
    List<String> entries = entries(runNetns);
    String mountinfo = files.read("1/mountinfo");
    Map<String, Long> named =
        mountinfo == null ? Map.of() : NamedNamespaces.parse(mountinfo, asOnHost(runNetns));
    Map<Long, String> nameByInode = new HashMap<>();
    named.forEach((name, inode) -> nameByInode.put(inode, name));
    Map<Long, Inhabited> inhabited = new LinkedHashMap<>();
    for (int pid : pids) {
      Long inode = netInode(files, pid);
      if (inode != null) {
        inhabited.putIfAbsent(inode, new Inhabited(inode, nameByInode.get(inode), pid));
      }
    }
    Set<Long> reachable = new HashSet<>(inhabited.keySet());
    reachable.addAll(mountinfo == null ? Set.of() : NamedNamespaces.mounted(mountinfo));
    return new Namespaces(
        named, placeholders(runNetns, entries, named), List.copyOf(inhabited.values()), reachable);
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
    return NamedNamespaces.parse(mountinfo, asOnHost(runNetns));
  }

  /** Of a directory mounted elsewhere the host's own mounts say /run/netns. */
  private static String asOnHost(Path runNetns) {
    return runNetns.endsWith(RUN_NETNS) ? "/" + RUN_NETNS : runNetns.toString();
  }

  /** Inode of a process's network namespace; null if it is gone or not ours to look at. */
  static @Nullable Long netInode(ProcFiles files, int pid) {
    try {
      String link = files.readLink(pid + "/ns/net");
      Matcher matcher = LINK.matcher(link == null ? "" : link);
      return matcher.matches() ? Long.valueOf(matcher.group(1)) : null;
    } catch (IOException e) {
      // Another user's process: its namespace is not reachable for us. Counts are lower bounds.
      return null;
    }
  }

  /** Names in the directory, listed before the mounts: a later creation is no placeholder. */
  private static List<String> entries(Path runNetns) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(runNetns)) {
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
    } catch (NoSuchFileException e) {
      return List.of();
    }
    names.sort(null);
    return names;
  }

  /** Looked at again, so that a namespace deleted between the two readings is no placeholder. */
  private static List<String> placeholders(
      Path runNetns, List<String> entries, Map<String, Long> named) {
    return entries.stream()
        .filter(name -> !named.containsKey(name) && Files.exists(runNetns.resolve(name)))
        .toList();
  }
}
