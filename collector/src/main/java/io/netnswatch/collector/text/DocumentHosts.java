package io.netnswatch.collector.text;

import io.netnswatch.collector.text.TextEvidence.Document;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which host each document is of. What names it, the surest first: its logger; the layout that it
 * lies in (a sosreport, a must-gather); uname and systemd; the name of its file or folder. Names
 * that go together are of one host; what has none is of the host whose documents lie around it.
 */
final class DocumentHosts {

  /** Folders and archives that are of one host each. */
  private static final Pattern LAYOUT =
      Pattern.compile(
          "(?:^|[/!])(?:(?:nodes|hosts)/([^/!]{1,128}?)(?:\\.(?:yaml|json|txt|log))?(?:[/!]|$)"
              + "|sosreport-([^/!]{1,128}?)(?:[.-]\\d{5,9})?-(?:\\d{4}-\\d\\d-\\d\\d|\\d{12,14})"
              + "|(?:scc|nts)_([^/!]{1,128}?)_\\d{6}_\\d{4}"
              + "|(\\d{1,3}(?:\\.\\d{1,3}){3})-\\d{4}-\\d\\d-\\d\\d-)");

  /** What a file's name says of what is in it. */
  private static final Pattern KIND =
      Pattern.compile(
          "(?:^|(?<=[-_.]))(?:dmesg|kmsg|kern|kernel|journal(?:ctl)?|messages|syslog|console|serial"
              + "|vmcore|sysrq[a-z]?|hung|tasks?|stacks?|ps(?:aux|efl?)?|top|perf|uname|procs?"
              + "|sos(?:report)?|logs?|output|out|txt|text|json|gz|xz|bz2|zst|zip|tar|tgz|d)"
              + "(?=$|[-_.])");

  /** Names that hosts have, and files of one host don't: node1, ip-10-0-1-2, web1.example.org. */
  private static final Pattern HOST =
      Pattern.compile(
          "(?:[a-z0-9]+[-_.])*(?:node|host|worker|master|control-?plane|controller|compute|server"
              + "|srv|vm|hypervisor|hv|infra|storage|gateway|gw|router|edge|kube|k8s|web|app|db"
              + "|pve|cn|cp|minion|gpu|nodepool|nodegroup|ng|pool|vmss)[-_]?\\w{0,3}\\d[\\w-]*"
              + "|(?:[a-z0-9-]+-)?(?:node|worker|master|host|server)[-_][a-z]"
              + "|ip(?:-\\d{1,3}){4}|i-[0-9a-f]{8,17}|\\d{1,3}(?:\\.\\d{1,3}){3}"
              + "|(?=.*[a-z])[a-z0-9-]+(?:\\.[a-z0-9-]+){2,6}");

  private static final Set<Format> NOTHING_TO_JUDGE =
      Set.of(Format.KERNEL, Format.CPUS, Format.NAMESPACE_LIST);

  /** Two that were booted so closely one after the other are one. */
  private static final long SAME_BOOT_MS = 3_000;

  /** From so long on a boot is no new one. */
  private static final long LONG_UP_MS = 300_000;

  private final List<Document> documents;
  private final Map<String, String> alias = new HashMap<>();
  private final Map<Document, String> hosts = new LinkedHashMap<>();
  private final Set<String> doubtful = new LinkedHashSet<>();

  private DocumentHosts(List<Document> documents) {
    this.documents = documents;
  }

  /** Whether files and consoles of one host are not called so. */
  static boolean isHosts(String name) {
    return HOST.matcher(name.toLowerCase(Locale.ROOT)).matches();
  }

  /** Whether a name that stands alone is of a host, and not of what is in a file of one. */
  static boolean isHostsAlone(String name) {
    return isHosts(name) && !isKind(name);
  }

  /** Whether a name, or a part of it, says what is in a file. */
  static boolean isKind(String name) {
    return KIND.matcher(name.toLowerCase(Locale.ROOT)).find();
  }

  /** Looks at the names of all. */
  static DocumentHosts of(List<Document> documents) {
    DocumentHosts hosts = new DocumentHosts(documents);
    hosts.renames();
    hosts.named();
    hosts.around();
    return hosts;
  }

  /** The host of a document; null if nothing says. */
  @Nullable String of(Document document) {
    return hosts.get(document);
  }

  /** All hosts, in the order of their documents. */
  Set<String> names() {
    return new LinkedHashSet<>(hosts.values());
  }

  /** Other names of a host. */
  Set<String> otherNames(String host) {
    Set<String> names = new TreeSet<>();
    alias.keySet().stream().filter(it -> resolved(it).equals(host)).forEach(names::add);
    names.remove(host);
    return names;
  }

  /** Names that may be of several hosts, or of one. */
  Set<String> doubtful() {
    return doubtful;
  }

  private String resolved(String name) {
    String last = name;
    for (int i = 0; i < 8 && alias.containsKey(last); i++) {
      last = alias.getOrDefault(last, last);
    }
    return last;
  }

  /** A host that is renamed goes on in the same log under its new name. */
  private void renames() {
    Map<String, List<Document>> files = new LinkedHashMap<>();
    for (Document document : documents) {
      if (document.host() != null) {
        files.computeIfAbsent(document.name(), it -> new ArrayList<>()).add(document);
      }
    }
    for (List<Document> parts : files.values()) {
      if (parts.size() == 2) {
        rename(parts.get(0), parts.get(1));
      }
    }
  }

  private void rename(Document before, Document after) {
    String was = before.host();
    String is = after.host();
    TextLine last = before.lastLine();
    TextLine first = after.firstLine();
    if (was == null || is == null || last == null || first == null) {
      return;
    }
    boolean apart = before.isUnderHeading() || after.isUnderHeading();
    if (apart || last.number() > first.number() || HostName.areOfSeries(was, is)) {
      return;
    }
    Long bootBefore = bootedAtMs(last.stamp());
    Long bootAfter = bootedAtMs(first.stamp());
    Long uptimeAfter = first.stamp().uptimeMs();
    if (bootBefore != null && bootAfter != null && uptimeAfter != null) {
      boolean same = Math.abs(bootBefore - bootAfter) <= SAME_BOOT_MS;
      if (!same && uptimeAfter > LONG_UP_MS) {
        return; // its clock is another's
      }
      goesOn(before, after, !same);
    } else if (!isEarlier(first.stamp(), last.stamp())) {
      goesOn(before, after, true);
    }
  }

  private void goesOn(Document before, Document after, boolean inDoubt) {
    String was = String.valueOf(before.host());
    String is = String.valueOf(after.host());
    alias.put(was, is);
    before.isFollowedBy(after);
    if (inDoubt) {
      doubtful.add(was);
      doubtful.add(is);
    }
  }

  private static @Nullable Long bootedAtMs(LogStamp stamp) {
    Long wallMs = stamp.wallMs();
    Long uptimeMs = stamp.uptimeMs();
    return wallMs == null || uptimeMs == null ? null : Long.valueOf(wallMs - uptimeMs);
  }

  private static boolean isEarlier(LogStamp stamp, LogStamp than) {
    Long wallMs = stamp.wallMs();
    Long thanMs = than.wallMs();
    return wallMs != null && thanMs != null && wallMs < thanMs;
  }

  /** What documents say of themselves, or their places do. */
  private void named() {
    int common = common();
    Set<String> known = new HashSet<>();
    documents.forEach(
        document -> {
          known.addAll(document.saidNames());
          if (document.host() != null) {
            known.add(document.host());
          }
        });
    Map<Document, List<String>> names = new LinkedHashMap<>();
    Map<String, Set<String>> surer = new LinkedHashMap<>();
    Map<String, Set<String>> lessSure = new LinkedHashMap<>();
    for (Document document : documents) {
      List<String> all = new ArrayList<>();
      add(all, document.host());
      add(all, ofLayout(document.name()));
      if (document.saidNames().size() == 1) {
        all.addAll(document.saidNames());
      } else if (document.host() == null) {
        doubtful.addAll(document.saidNames());
      }
      add(all, ofPath(segments(document.name()), common, known));
      names.put(document, all);
      for (String name : all.subList(Math.min(1, all.size()), all.size())) {
        if (!name.equals(all.get(0))) {
          surer.computeIfAbsent(name, it -> new TreeSet<>()).add(all.get(0));
          lessSure.computeIfAbsent(all.get(0), it -> new TreeSet<>()).add(name);
        }
      }
    }
    surer.forEach(
        (name, others) -> {
          String other = others.iterator().next();
          if (others.size() == 1 && !resolved(other).equals(name)) {
            alias.putIfAbsent(name, other);
            if (HostName.areOfSeries(name, other)) {
              doubtful.add(name);
              doubtful.add(other);
            }
          }
        });
    lessSure.forEach(
        (name, others) -> {
          if (others.stream().filter(it -> name.equals(alias.get(it))).count() > 1) {
            doubtful.addAll(others); // clones with one name
            doubtful.add(name);
          }
        });
    names.forEach(
        (document, all) -> {
          if (!all.isEmpty()) {
            hosts.put(document, resolved(all.get(0)));
          }
        });
  }

  private static void add(List<String> names, @Nullable String name) {
    if (name != null) {
      names.add(name);
    }
  }

  private static @Nullable String ofLayout(String path) {
    Matcher layout = LAYOUT.matcher(path);
    String name = null;
    while (layout.find()) {
      for (int group = 1; group <= layout.groupCount(); group++) {
        String found = layout.group(group);
        name = found == null ? name : HostName.of(found);
      }
    }
    return name;
  }

  private static List<String> segments(String path) {
    return List.of(path.replaceFirst("/proc/\\d+/.*", "/").split("[/!]+", -1));
  }

  /** How many folders all documents lie in: whatever their names, they tell no hosts apart. */
  private int common() {
    List<String> common = null;
    for (Document document : documents) {
      List<String> path = segments(document.name());
      if (common == null) {
        common = path;
      }
      int same = 0;
      while (same < Math.min(common.size(), path.size()) - 1
          && common.get(same).equals(path.get(same))) {
        same++;
      }
      common = common.subList(0, Math.min(common.size(), Math.max(same, 0)));
    }
    return documents.size() < 2 || common == null ? Integer.MAX_VALUE : common.size();
  }

  private static @Nullable String ofPath(List<String> path, int common, Set<String> known) {
    for (int i = common; i < path.size(); i++) {
      String bare =
          KIND.matcher(path.get(i).toLowerCase(Locale.ROOT))
              .replaceAll("")
              .replaceAll("[-_.]{2,}", ".")
              .replaceAll("^[-_.]+|[-_.]+$", "");
      String name = HostName.of(bare);
      if (name != null && (known.contains(name) || HOST.matcher(bare).matches())) {
        return name;
      }
    }
    return null;
  }

  /** What has no name is of the only host of the smallest folder around it. */
  private void around() {
    Set<Document> nameless = new LinkedHashSet<>(documents);
    nameless.removeAll(hosts.keySet());
    dropThoseThatOnlyUnameNames(true);
    addThoseAround(nameless);
    dropThoseThatOnlyUnameNames(false);
    addThoseAround(nameless);
  }

  private void addThoseAround(Set<Document> nameless) {
    Map<String, Set<String>> around = new HashMap<>();
    hosts.forEach(
        (document, host) ->
            folders(document)
                .forEach(it -> around.computeIfAbsent(it, folder -> new HashSet<>()).add(host)));
    for (Document document : nameless) {
      for (String folder : folders(document)) {
        Set<String> there = around.getOrDefault(folder, Set.of());
        if (!there.isEmpty()) {
          if (there.size() == 1) {
            hosts.putIfAbsent(document, there.iterator().next());
          }
          break;
        }
      }
    }
  }

  /**
   * What uname alone names, where nothing else is of it, is a container or another name.
   *
   * @param amongOthers only where what is of others lies in the same folder
   */
  private void dropThoseThatOnlyUnameNames(boolean amongOthers) {
    Map<String, Set<String>> inFolder = new HashMap<>();
    Set<String> founded = new HashSet<>();
    hosts.forEach(
        (document, host) -> {
          inFolder.computeIfAbsent(folders(document).get(0), it -> new HashSet<>()).add(host);
          if (says(document)
              || !(document.saidNames().contains(host) || document.saidNames().isEmpty())) {
            founded.add(host);
          }
        });
    hosts
        .entrySet()
        .removeIf(
            each ->
                !founded.contains(each.getValue())
                    && each.getKey().saidNames().contains(each.getValue())
                    && (!amongOthers
                        || inFolder.getOrDefault(folders(each.getKey()).get(0), Set.of()).size()
                            > 1));
  }

  /** Whether more is in it than which kernel it is of. */
  static boolean says(Document document) {
    return document.used().keySet().stream().anyMatch(it -> !NOTHING_TO_JUDGE.contains(it))
        || document.recognised().keySet().stream().anyMatch(it -> !NOTHING_TO_JUDGE.contains(it));
  }

  /** The smallest first. */
  private static List<String> folders(Document document) {
    List<String> path = segments(document.name());
    List<String> folders = new ArrayList<>();
    for (int length = path.size() - 1; length >= 0; length--) {
      folders.add(String.join("/", path.subList(0, length)));
    }
    return folders;
  }
}
