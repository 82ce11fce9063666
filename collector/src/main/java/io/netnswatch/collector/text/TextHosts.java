package io.netnswatch.collector.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a text by the host they are of. What says so, the surest first: a logger, line by
 * line; a heading above them; uname's line. The rest is of the host of the line before. Not
 * thread-safe.
 */
final class TextHosts {

  private final @Nullable Integer pidByPath;

  /** The first is of what names no host, and of the host that is named first. */
  private final List<HostLines> all = new ArrayList<>();

  private final Map<String, HostLines> named = new HashMap<>();
  private final HostHeading heading = new HostHeading();

  /** Of the host that the line before was of. */
  private HostLines current;

  /** Whether a logger below a heading may have another name for the host. */
  private boolean belowHeading;

  /** The latest line of uname, if the text begins with one. */
  private KernelText.@Nullable Uname head;

  TextHosts(Findings findings, @Nullable Integer pidByPath) {
    this.pidByPath = pidByPath;
    this.current = new HostLines(findings, pidByPath);
    all.add(current);
  }

  /** That of the line that was given last. */
  HostLines current() {
    return current;
  }

  /** Whether the text names several. */
  boolean areSeveral() {
    return all.size() > 1;
  }

  /** Whether the next line matters whatever it looks like. */
  boolean isWaiting() {
    return heading.isWaiting() || all.stream().anyMatch(HostLines::isWaiting);
  }

  /**
   * A line may be the heading of what is of one host.
   *
   * @param indented whether it was
   */
  void readHeading(String text, boolean indented) {
    String said = heading.read(text, indented);
    String name = said == null ? null : HostName.of(said);
    if (name != null) {
      current.release();
      current = named(name, true);
      belowHeading = true;
    }
  }

  /** The host of a line. */
  HostLines of(LogPrefix prefix) {
    current = of(prefix.host(), prefix.kernel());
    return current;
  }

  /** The host of a record. */
  HostLines of(JournalRecord record) {
    current = of(record.host(), record.kernel());
    return current;
  }

  /** Programs may take anything for the name of the host: of theirs only known ones count. */
  private HostLines of(@Nullable String said, boolean kernel) {
    String name = said == null ? null : HostName.of(said);
    if (name == null) {
      return current;
    }
    HostLines known = named.get(name);
    if (known != null) {
      return known;
    }
    if (kernel && belowHeading) {
      belowHeading = false;
      named.put(name, current);
      return current;
    }
    return kernel ? named(name, false) : current;
  }

  /** The first that is named takes what came before. */
  private HostLines named(String name, boolean byHeading) {
    HostLines known = named.get(name);
    if (known != null) {
      return known;
    }
    Findings own = all.get(0).findings().ofHost(name, byHeading);
    HostLines lines = all.get(0);
    if (!named.isEmpty()) {
      lines = new HostLines(own, pidByPath);
      all.add(lines);
    }
    named.put(name, lines);
    return lines;
  }

  /**
   * Where no logger names a host, and the text begins with uname's line of one, another one's line
   * is the head of what is of that. Containers are of the same kernel as their host, and have other
   * names.
   */
  void readHead(String text) {
    KernelText.Uname uname = KernelText.uname(text);
    String node = uname == null ? null : HostName.of(uname.node());
    if (uname == null || node == null || (head == null && recognised() > 0)) {
      return;
    }
    KernelText.Uname before = head;
    head = uname;
    String nodeBefore = before == null ? null : HostName.of(before.node());
    if (before != null && nodeBefore != null && !nodeBefore.equals(node)) {
      boolean other =
          !before.kernel().equals(uname.kernel()) || HostName.areOfSeries(nodeBefore, node);
      boolean byUname = named.isEmpty() || named.containsKey(nodeBefore);
      if (other && byUname) {
        named(nodeBefore, false);
        current = named(node, false);
      }
    }
  }

  /** Nothing more comes. */
  void end() {
    all.forEach(HostLines::end);
  }

  /** Tells how far each host's lines go, or that the only one's go on until then. */
  void tellEnds(LogStamp last) {
    if (all.size() > 1) {
      all.forEach(HostLines::tellEnds);
    } else if (!last.isEmpty()) {
      current.findings().until(last);
    }
  }

  /** Lines that a parser took. */
  int recognised() {
    return all.stream().mapToInt(HostLines::recognised).sum();
  }
}
