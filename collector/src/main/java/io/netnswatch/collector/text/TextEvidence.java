package io.netnswatch.collector.text;

import io.netnswatch.collector.perf.PerfProfile;
import io.netnswatch.schema.KernelLogEntry;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What several texts of one host say together, in bounded memory. Not thread-safe. */
public final class TextEvidence {

  private static final int MAX_TASKS = 20_000;

  /** Any look at all tasks of a host shows more, kernel threads alone. */
  private static final int FEWEST_TASKS = 20;

  private static final int MAX_LOGS = 5_000;
  private static final int MAX_PROFILES = 64;
  private static final int MAX_CREATIONS = 1_000;
  private static final int MAX_FRAGMENTS = 256;
  private static final int MAX_DOCUMENTS = 2_000;
  private static final int MAX_HOGS = 64;
  private static final int MAX_ROUNDS = 1_000;
  private static final int MOST_HOSTS = 8;

  /** What many have, or a container. */
  private static final Pattern NO_HOST =
      Pattern.compile("localhost|\\(none\\)|unknown|[0-9a-f]{12}");

  /** An item, its time, and of which boot it is: 0 is the last of its document. */
  record Dated<T>(T item, LogStamp at, Boot boot) {}

  /** A boot, as a document numbers them. */
  record Boot(Document document, int number) {
    /** 0 for the last one of its document. */
    int fromEnd() {
      return document.boots - number;
    }
  }

  record Profile(PerfProfile profile, Findings.Measure measure) {}

  record Fragments(String netns, boolean ipv6, long memoryBytes) {}

  record Kernel(String release, @Nullable String version) {}

  /** What came of a document, for people. */
  public static final class Document {
    private final String name;
    private final Map<Format, Lines> used = new EnumMap<>(Format.class);
    private final Map<Format, Lines> recognised = new EnumMap<>(Format.class);
    private int boots;
    private int lines;
    private int recognisedLines;
    private boolean binary;
    private @Nullable BinaryForm form;

    Document(String name) {
      this.name = name;
    }

    /** Where it came from. */
    public String name() {
      return name;
    }

    /** Lines that were used, by what they are. */
    public Map<Format, Lines> used() {
      return used;
    }

    /** Lines that were understood, and of no use. */
    public Map<Format, Lines> recognised() {
      return recognised;
    }

    /** All lines. */
    public int lines() {
      return lines;
    }

    /** Lines that some parser took. */
    public int recognisedLines() {
      return recognisedLines;
    }

    /** Whether it is no text. */
    public boolean isBinary() {
      return binary;
    }

    /** What it is, where it is no text, and what to do with it; null if that is not known. */
    public @Nullable String binaryForm() {
      return form == null ? null : form.words();
    }
  }

  /** Some lines of a document. */
  public static final class Lines {
    private int count;
    private int first;
    private int last;
    private @Nullable String why;

    private void add(int line) {
      if (count == 0 || line != last) {
        count++;
      }
      first = count == 1 ? line : Math.min(first, line);
      last = Math.max(last, line);
    }

    /** How many. */
    public int count() {
      return count;
    }

    /** The first's number. */
    public int first() {
      return first;
    }

    /** The last's number. */
    public int last() {
      return last;
    }

    /** Why they were not used; null if they were. */
    public @Nullable String why() {
      return why;
    }
  }

  final Deque<Dated<TaskSighting>> tasks = new ArrayDeque<>();
  final Deque<Dated<LogFinding>> logs = new ArrayDeque<>();
  final List<Dated<Profile>> profiles = new ArrayList<>();
  final List<Dated<Findings.Creation>> creations = new ArrayList<>();
  final List<Dated<Fragments>> fragments = new ArrayList<>();
  final List<Dated<Kernel>> kernels = new ArrayList<>();
  final List<Dated<Boot>> boots = new ArrayList<>();
  final List<Dated<Boot>> ends = new ArrayList<>();
  final List<Findings.Round> rounds = new ArrayList<>();
  final List<Dated<TaskSighting>> hogs = new ArrayList<>();
  @Nullable Integer cpus;
  @Nullable Integer allocatedNamespaces;
  private final Set<String> kernelsInWords = new LinkedHashSet<>();
  private final Set<String> hosts = new LinkedHashSet<>();
  private int placeholders;
  private long omitted;
  private final List<Document> documents = new ArrayList<>();
  private final Set<String> inferences = new LinkedHashSet<>();
  private final Set<String> suspects = new LinkedHashSet<>();
  private final Set<String> besides = new LinkedHashSet<>();
  private final Instant reference;

  /**
   * Nothing yet.
   *
   * @param reference when it was given: what carries no time is taken to be of then
   */
  public TextEvidence(Instant reference) {
    this.reference = reference;
  }

  Instant reference() {
    return reference;
  }

  /**
   * Reads a document.
   *
   * @param name for people
   * @param pidByPath process whose stack it is, if its path says so
   * @throws IOException if reading fails
   */
  public Document read(String name, @Nullable Integer pidByPath, InputStream in)
      throws IOException {
    return read(name, pidByPath, in, null);
  }

  /** The same of what is, by its first bytes, of a form that is no text; null if of none. */
  Document read(String name, @Nullable Integer pidByPath, InputStream in, @Nullable BinaryForm form)
      throws IOException {
    Document document = new Document(name);
    TextReader reader =
        new TextReader(
            new Of(document), LocalDateTime.ofInstant(reference, ZoneOffset.UTC), pidByPath);
    try {
      reader.read(in);
    } finally {
      document.lines = reader.lines();
      document.recognisedLines = reader.recognised();
      document.binary = reader.isBinary() || (form != null && reader.recognised() == 0);
      document.form = document.binary ? form : null;
      if (documents.size() < MAX_DOCUMENTS || !document.used.isEmpty()) {
        documents.add(document);
      }
    }
    return document;
  }

  /** All documents that were read, in their order. */
  public List<Document> documents() {
    return List.copyOf(documents);
  }

  /** Whether anything was found that can be judged. */
  public boolean isEmpty() {
    return tasks.isEmpty()
        && logs.isEmpty()
        && profiles.isEmpty()
        && creations.isEmpty()
        && fragments.isEmpty();
  }

  /**
   * Whether the texts show tasks that hang, or wait where namespaces do: they were printed for
   * that, and of all others nothing is known.
   */
  public boolean showsTrouble() {
    return tasks.stream()
        .map(Dated::item)
        .anyMatch(
            task ->
                task.blockedForMs() != null
                    || (task.stack() != null && TraceFrames.anyOfNamespaces(task.stack())));
  }

  /**
   * Whether the stacks are those of a few chosen tasks: a host has more, and of the others nothing
   * is known.
   */
  public boolean showsChosenTasks() {
    long stacks =
        tasks.stream()
            .map(Dated::item)
            .filter(task -> task.stack() != null)
            .map(task -> task.pid() == null ? task : task.pid())
            .distinct()
            .count();
    return stacks < FEWEST_TASKS;
  }

  /** Whether any line at all was understood. */
  public boolean recognisedNothing() {
    return documents.stream().allMatch(document -> document.recognisedLines() == 0);
  }

  /** What was left out because there was too much of it. */
  public long omitted() {
    return omitted;
  }

  /** What does not stand in the texts and was assumed, in words. */
  public List<String> inferences() {
    List<String> words = new ArrayList<>(inferences);
    if (hosts.size() > 1) {
      words.add(
          0,
          "the texts are of several hosts ("
              + String.join(", ", hosts)
              + (hosts.size() < MOST_HOSTS ? "" : ", …")
              + ") and are judged as of one, so that tasks of one may seem to wait for those of"
              + " another: give the texts of each host by themselves");
    }
    return words;
  }

  /** What looks like trouble and is not enough for an incident, in words. */
  public List<String> suspects() {
    return List.copyOf(suspects);
  }

  void suspect(String words) {
    if (suspects.size() < 8) {
      suspects.add(words);
    }
  }

  /** What the texts show beside what is judged, and may be behind it, in words. */
  public List<String> besides() {
    return List.copyOf(besides);
  }

  void beside(String words) {
    if (besides.size() < 8) {
      besides.add(words);
    }
  }

  void infer(String words) {
    if (inferences.size() < 24) {
      inferences.add(words);
    }
  }

  /** Leftover files of failed creations that were listed. */
  public int placeholders() {
    return placeholders;
  }

  /** What is known of the kernel; null if nothing. */
  public @Nullable String kernelRelease() {
    return kernels.isEmpty() ? kernelInWords() : kernels.get(kernels.size() - 1).item().release();
  }

  /** The only kernel that the texts speak of; null if they speak of none, or of several. */
  @Nullable String kernelInWords() {
    return kernelsInWords.size() == 1 ? kernelsInWords.iterator().next() : null;
  }

  /** Whether a text gives the number of CPUs. */
  public boolean knowsCpus() {
    return cpus != null;
  }

  /** Whether a text shows where CPU time goes. */
  public boolean hasProfile() {
    return !profiles.isEmpty();
  }

  /** Whether a text shows a stack with the cleanup in it. */
  public boolean hasCleanupStack() {
    return tasks.stream()
        .map(Dated::item)
        .anyMatch(task -> task.stack() != null && TraceFrames.has(task.stack(), "cleanup_net"));
  }

  /**
   * What the kernel's log said, oldest first.
   *
   * @param bootedAtMs when the host was booted, epoch milliseconds
   * @param otherwiseMs time of what carries none
   */
  public List<KernelLogEntry> kernelLog(long bootedAtMs, long otherwiseMs) {
    List<KernelLogEntry> entries = new ArrayList<>();
    for (Dated<LogFinding> dated : logs) {
      Long wallMs = dated.at().wallMs();
      Long uptimeMs = dated.at().uptimeMs();
      long atMs = wallMs != null ? wallMs : uptimeMs != null ? bootedAtMs + uptimeMs : otherwiseMs;
      entries.add(dated.item().toEntry(Instant.ofEpochMilli(atMs)));
    }
    entries.sort(Comparator.comparing(KernelLogEntry::getLoggedAt));
    return entries;
  }

  private <T> void keep(Deque<T> items, T item, int max) {
    items.addLast(item);
    if (items.size() > max) {
      items.removeFirst();
      omitted++;
    }
  }

  private <T> void keep(List<T> items, T item, int max) {
    if (items.size() < max) {
      items.add(item);
    } else {
      omitted++;
    }
  }

  /** Findings of one document. */
  private final class Of implements Findings {

    private final Document document;

    Of(Document document) {
      this.document = document;
    }

    private <T> Dated<T> dated(T item, LogStamp at) {
      return new Dated<>(item, at, new Boot(document, document.boots));
    }

    @Override
    public void task(LogStamp at, TaskSighting task) {
      if (tasks.size() >= MAX_TASKS && !task.isOfNamespaces()) {
        omitted++;
        return;
      }
      keep(tasks, dated(task, at), MAX_TASKS);
    }

    @Override
    public void log(LogStamp at, LogFinding finding) {
      keep(logs, dated(finding, at), MAX_LOGS);
    }

    @Override
    public void profile(LogStamp at, PerfProfile profile, Measure measure) {
      keep(profiles, dated(new Profile(profile, measure), at), MAX_PROFILES);
    }

    @Override
    public void creation(LogStamp at, Creation creation) {
      keep(creations, dated(creation, at), MAX_CREATIONS);
    }

    @Override
    public void fragments(LogStamp at, String netns, boolean ipv6, long memoryBytes) {
      keep(fragments, dated(new Fragments(netns, ipv6, memoryBytes), at), MAX_FRAGMENTS);
    }

    @Override
    public void kernel(String release, @Nullable String version) {
      if (kernels.size() < MAX_CREATIONS) {
        kernels.add(dated(new Kernel(release, version), LogStamp.NONE));
      }
    }

    @Override
    public void kernelInWords(String release) {
      if (kernelsInWords.size() < MAX_DOCUMENTS) {
        kernelsInWords.add(release);
      }
    }

    @Override
    public void host(String name) {
      String node =
          name.matches("[\\d.:a-f]*[.:][\\d.:a-f]*") ? name : name.replaceFirst("\\..*", "");
      if (hosts.size() < MOST_HOSTS && !NO_HOST.matcher(node).matches()) {
        hosts.add(node);
      }
    }

    @Override
    public void suspicion(String words) {
      suspect(words);
    }

    @Override
    public void cleanupRound(Round round) {
      keep(rounds, round, MAX_ROUNDS);
    }

    @Override
    public void hog(TaskSighting task) {
      if (hogs.size() < MAX_HOGS) {
        hogs.add(dated(task, LogStamp.NONE));
      }
    }

    @Override
    public void allocatedNamespaces(int count) {
      allocatedNamespaces = count;
    }

    @Override
    public void cpus(int count) {
      cpus = count;
    }

    @Override
    public void placeholder(String name) {
      placeholders++;
    }

    @Override
    public void reboot() {
      document.boots++;
    }

    @Override
    public void booted(LogStamp at) {
      if (boots.size() < MAX_DOCUMENTS) {
        boots.add(dated(new Boot(document, document.boots), at));
      }
    }

    @Override
    public void until(LogStamp at) {
      if (ends.size() < MAX_DOCUMENTS) {
        ends.add(dated(new Boot(document, document.boots), at));
      }
    }

    @Override
    public void used(Format format, int line) {
      document.used.computeIfAbsent(format, it -> new Lines()).add(line);
    }

    @Override
    public void recognised(Format format, int line, String why) {
      Lines lines = document.recognised.computeIfAbsent(format, it -> new Lines());
      lines.add(line);
      lines.why = why;
    }
  }
}
