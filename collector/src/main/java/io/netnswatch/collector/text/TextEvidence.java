package io.netnswatch.collector.text;

import static java.util.stream.Collectors.joining;

import io.netnswatch.collector.perf.PerfProfile;
import io.netnswatch.schema.KernelLogEntry;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
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
  private static final int MOST_SUSPECTS = 8;
  private static final int MOST_BESIDES = 8;
  private static final int MOST_HOSTS = 256;
  private static final int MOST_HOSTS_TOLD = 8;
  private static final int MOST_NAMES = 64;

  /** Told to by lines of more hosts than are kept apart. */
  private static final Findings NOBODY = new Findings() {};

  /** An item, its time, and of which boot it is: 0 is the last of its document. */
  record Dated<T>(T item, LogStamp at, Boot boot) {}

  /** A boot, as a document numbers them. */
  record Boot(Document document, int number) {
    /** 0 for the last one of its document. */
    int fromEnd() {
      Document next = document.next;
      int later = next == null ? 0 : next.boots + (document.rebootedAtItsEnd ? 1 : 0);
      return document.boots - number + later;
    }
  }

  record Profile(PerfProfile profile, Findings.Measure measure) {}

  record Fragments(String netns, boolean ipv6, long memoryBytes) {}

  record Kernel(String release, @Nullable String version) {}

  record Spoken(String release, boolean runs) {}

  /** What came of a document, or of that part of it that is of one host, for people. */
  public static final class Document {
    private final String name;
    private @Nullable String host;
    private boolean underHeading;
    private final Set<String> saidNames = new LinkedHashSet<>();
    private @Nullable TextLine firstLine;
    private @Nullable TextLine lastLine;
    private @Nullable Document next;
    private boolean rebootedAtItsEnd;
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

    /** The host that its logger names; null if none does. */
    @Nullable String host() {
      return host;
    }

    /** Whether a heading above its lines names it. */
    boolean isUnderHeading() {
      return underHeading;
    }

    /** Names of its host that stand in it. */
    Set<String> saidNames() {
      return saidNames;
    }

    /** The first line that is of its host, where others' are among them. */
    @Nullable TextLine firstLine() {
      return firstLine;
    }

    /** The last one. */
    @Nullable TextLine lastLine() {
      return lastLine;
    }

    /** The host goes on there under another name. */
    void isFollowedBy(Document after) {
      next = after;
      Long last = lastLine == null ? null : lastLine.stamp().uptimeMs();
      Long first = after.firstLine == null ? null : after.firstLine.stamp().uptimeMs();
      rebootedAtItsEnd = last != null && first != null && first < last;
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

    private int usedLines() {
      return Stream.of(used, recognised)
          .flatMap(it -> it.values().stream())
          .mapToInt(Lines::count)
          .sum();
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
  final List<Dated<Findings.Round>> rounds = new ArrayList<>();
  final List<Dated<LogFinding>> hogs = new ArrayList<>();
  private final List<Dated<Integer>> cpus = new ArrayList<>();
  private final List<Dated<Integer>> allocatedNamespaces = new ArrayList<>();
  private final Set<Dated<String>> kernelsInWords = new LinkedHashSet<>();
  private final Set<Dated<Spoken>> kernelsSpokenOf = new LinkedHashSet<>();
  private final Set<Dated<String>> suspicions = new LinkedHashSet<>();
  private final Set<Dated<String>> seenBesides = new LinkedHashSet<>();
  private long omitted;
  private final List<Document> documents = new ArrayList<>();
  private final Set<String> inferences = new LinkedHashSet<>();
  private final Set<String> suspects = new LinkedHashSet<>();
  private final Set<String> besides = new LinkedHashSet<>();
  private final Set<String> suspectFunctions = new LinkedHashSet<>();
  private final Map<String, String> profiled = new LinkedHashMap<>();
  private final Instant reference;
  private final @Nullable String host;
  private final Set<String> otherNames = new TreeSet<>();

  /**
   * Nothing yet.
   *
   * @param reference when it was given: what carries no time is taken to be of then
   */
  public TextEvidence(Instant reference) {
    this(reference, null);
  }

  private TextEvidence(Instant reference, @Nullable String host) {
    this.reference = reference;
    this.host = host;
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
    List<Document> parts = new ArrayList<>(List.of(new Document(name)));
    TextReader reader =
        new TextReader(
            new Of(parts.get(0), parts),
            LocalDateTime.ofInstant(reference, ZoneOffset.UTC),
            pidByPath);
    try {
      reader.read(in);
    } finally {
      for (Document part : parts) {
        part.lines = reader.lines();
        part.recognisedLines = parts.size() == 1 ? reader.recognised() : part.usedLines();
        part.binary = reader.isBinary() || (form != null && reader.recognised() == 0);
        part.form = part.binary ? form : null;
        if (documents.size() < MAX_DOCUMENTS || !part.used.isEmpty()) {
          documents.add(part);
        }
      }
    }
    return parts.get(0);
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
    return List.copyOf(inferences);
  }

  /** The host it is of; null if that is not known, or does not matter, as there is no other. */
  public @Nullable String host() {
    return host;
  }

  /** Whether that is one of its names. */
  public boolean isOf(String name) {
    String node = HostName.of(name);
    return node != null && (node.equals(host) || otherNames.contains(node));
  }

  /** Other names of that host. */
  public Set<String> otherNames() {
    return otherNames;
  }

  /**
   * What there is of each host by itself: this alone, where all is of one host, or may be. Of
   * several each gets what is of it, one without a name what is of none of them; what says nothing
   * stays here.
   */
  public List<TextEvidence> byHost() {
    DocumentHosts hosts = DocumentHosts.of(documents);
    doubts(hosts.doubtful());
    if (hosts.names().size() < 2) {
      return List.of(this);
    }
    List<TextEvidence> all = new ArrayList<>();
    List<@Nullable String> names = new ArrayList<>(hosts.names());
    names.add(null);
    for (String name : names) {
      Predicate<Document> isOfIt = document -> Objects.equals(hosts.of(document), name);
      if (documents.stream().filter(isOfIt).anyMatch(DocumentHosts::says)) {
        all.add(partOf(name, name == null ? Set.of() : hosts.otherNames(name), isOfIt));
      }
    }
    return all;
  }

  private TextEvidence partOf(
      @Nullable String name, Set<String> others, Predicate<Document> isOfIt) {
    TextEvidence one = new TextEvidence(reference, name);
    one.otherNames.addAll(others);
    documents.removeIf(document -> isOfIt.test(document) && one.documents.add(document));
    move(tasks, one.tasks, isOfIt);
    move(logs, one.logs, isOfIt);
    move(profiles, one.profiles, isOfIt);
    move(creations, one.creations, isOfIt);
    move(fragments, one.fragments, isOfIt);
    move(kernels, one.kernels, isOfIt);
    move(boots, one.boots, isOfIt);
    move(ends, one.ends, isOfIt);
    move(rounds, one.rounds, isOfIt);
    move(hogs, one.hogs, isOfIt);
    move(cpus, one.cpus, isOfIt);
    move(allocatedNamespaces, one.allocatedNamespaces, isOfIt);
    move(kernelsInWords, one.kernelsInWords, isOfIt);
    move(kernelsSpokenOf, one.kernelsSpokenOf, isOfIt);
    move(suspicions, one.suspicions, isOfIt);
    move(seenBesides, one.seenBesides, isOfIt);
    return one;
  }

  private static <T> void move(
      Collection<Dated<T>> from, Collection<Dated<T>> to, Predicate<Document> isOfIt) {
    from.removeIf(dated -> isOfIt.test(dated.boot().document()) && to.add(dated));
  }

  private void doubts(Set<String> names) {
    if (!names.isEmpty()) {
      infer(
          "the texts may be of several hosts ("
              + names.stream().limit(MOST_HOSTS_TOLD).collect(joining(", "))
              + (names.size() <= MOST_HOSTS_TOLD ? "" : ", …")
              + ") and what is of these is judged as of one, so that tasks of one may seem to wait"
              + " for those of another: give the texts of each host in a folder of its own");
    }
  }

  /** What looks like trouble and is not enough for an incident, in words. */
  public List<String> suspects() {
    return Stream.concat(suspicions.stream().map(Dated::item), suspects.stream())
        .distinct()
        .limit(MOST_SUSPECTS)
        .toList();
  }

  void suspect(String words) {
    if (suspects.size() < MOST_SUSPECTS) {
      suspects.add(words);
    }
  }

  /** What the texts show beside what is judged, and may be behind it, in words. */
  public List<String> besides() {
    return Stream.concat(seenBesides.stream().map(Dated::item), besides.stream())
        .distinct()
        .limit(MOST_BESIDES)
        .toList();
  }

  /** Functions of the cleanup that perf shows at work, each with words that say so. */
  public Map<String, String> profiled() {
    return Map.copyOf(profiled);
  }

  void profiled(String function, String words) {
    if (profiled.size() < 8) {
      profiled.put(function, words);
      suspectFunctions(List.of(function));
    }
  }

  /** Functions of the cleanup, without suffixes, in which a task or a profile looks suspicious. */
  public Set<String> suspectFunctions() {
    return Set.copyOf(suspectFunctions);
  }

  void suspectFunctions(List<String> functions) {
    functions.stream()
        .map(TraceFrames::withoutSuffix)
        .limit(MOST_NAMES - suspectFunctions.size())
        .forEach(suspectFunctions::add);
  }

  void beside(String words) {
    if (besides.size() < MOST_BESIDES) {
      besides.add(words);
    }
  }

  void infer(String words) {
    if (inferences.size() < 24) {
      inferences.add(words);
    }
  }

  /** What is known of the kernel that runs, or ran last; null if nothing. */
  public @Nullable String kernelRelease() {
    String last =
        kernels.stream()
            .filter(said -> said.boot().fromEnd() == 0)
            .reduce((first, second) -> second)
            .map(said -> said.item().release())
            .orElse(null);
    String release = last != null || !kernels.isEmpty() ? last : kernelInWords();
    return release == null || refuted(release) != null ? null : release;
  }

  /** Why what the texts show ran on another kernel than that; null if nothing shows it. */
  @Nullable String refuted(String release) {
    return GoneFunctions.refute(release, functions());
  }

  /** All functions that stacks and profiles show. */
  private Stream<String> functions() {
    Stream<String> ofTasks =
        tasks.stream()
            .map(it -> it.item().stack())
            .filter(Objects::nonNull)
            .flatMap(Collection::stream);
    Stream<String> ofProfiles =
        profiles.stream()
            .flatMap(it -> it.item().profile().symbols().stream())
            .flatMap(
                it ->
                    Stream.concat(
                        Stream.of(it.getSymbol()),
                        it.getCallPaths().stream().flatMap(path -> path.getFrames().stream())));
    return Stream.concat(ofTasks, ofProfiles);
  }

  /** The only kernel that the texts speak of; null if they speak of none, or of several. */
  @Nullable String kernelInWords() {
    List<String> all = kernelsInWords.stream().map(Dated::item).distinct().limit(2).toList();
    return all.isEmpty() ? kernelSpokenOf() : all.size() == 1 ? all.get(0) : null;
  }

  private @Nullable String kernelSpokenOf() {
    List<Spoken> all = kernelsSpokenOf.stream().map(Dated::item).toList();
    boolean one = all.stream().map(Spoken::release).distinct().count() == 1;
    return one && all.stream().anyMatch(Spoken::runs) ? all.get(0).release() : null;
  }

  /** The number of CPUs, as it is said last; null if no text gives it. */
  @Nullable Integer cpus() {
    return cpus.isEmpty() ? null : cpus.get(cpus.size() - 1).item();
  }

  /** Network namespaces that the kernel has allocated; null if no text says. */
  @Nullable Integer allocatedNamespaces() {
    return allocatedNamespaces.isEmpty()
        ? null
        : allocatedNamespaces.get(allocatedNamespaces.size() - 1).item();
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
   * @param takenAtMs when the log was taken, epoch milliseconds; time of what carries none
   */
  public List<KernelLogEntry> kernelLog(long bootedAtMs, long takenAtMs) {
    boolean ofOtherDays =
        logs.stream()
            .mapToLong(dated -> dated.at().epochMs(bootedAtMs, takenAtMs))
            .noneMatch(atMs -> bootedAtMs <= atMs && atMs <= takenAtMs);
    List<Dated<LogFinding>> all = new ArrayList<>(logs);
    all.addAll(hogs);
    List<KernelLogEntry> entries = new ArrayList<>();
    for (Dated<LogFinding> dated : all) {
      LogStamp at = dated.at();
      long atMs =
          ofOtherDays
              ? at.epochMsByUptime(bootedAtMs, takenAtMs)
              : at.epochMs(bootedAtMs, takenAtMs);
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

    /** Of the same text, by host. */
    private final List<Document> parts;

    Of(Document document, List<Document> parts) {
      this.document = document;
      this.parts = parts;
    }

    private <T> Dated<T> dated(T item) {
      return dated(item, LogStamp.NONE);
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
        kernelsInWords.add(dated(release));
      }
    }

    @Override
    public void kernelSpokenOf(String release, boolean runs) {
      if (kernelsSpokenOf.size() < MAX_DOCUMENTS) {
        kernelsSpokenOf.add(dated(new Spoken(release, runs)));
      }
    }

    @Override
    public void host(String name) {
      String node = HostName.of(name);
      if (node != null && document.saidNames.size() < MOST_NAMES) {
        document.saidNames.add(node);
      }
    }

    @Override
    public Findings ofHost(String name, boolean byHeading) {
      if (document.host == null) {
        document.host = name;
        document.underHeading = byHeading;
        return this;
      }
      if (parts.size() >= MOST_HOSTS) {
        infer(
            document.name
                + ": more than "
                + MOST_HOSTS
                + " hosts have lines in it; those of the others are not used");
        return NOBODY;
      }
      Document part = new Document(document.name);
      part.host = name;
      part.underHeading = byHeading;
      parts.add(part);
      return new Of(part, parts);
    }

    @Override
    public void span(TextLine first, TextLine last) {
      document.firstLine = first;
      document.lastLine = last;
    }

    @Override
    public void suspicion(String words) {
      if (suspicions.size() < MOST_NAMES) {
        suspicions.add(dated(words));
      }
    }

    @Override
    public void beside(String words) {
      if (seenBesides.size() < MOST_NAMES) {
        seenBesides.add(dated(words));
      }
    }

    @Override
    public void inference(String words) {
      infer(document.name + ": " + words);
    }

    @Override
    public void cleanupRound(Round round) {
      keep(rounds, dated(round), MAX_ROUNDS);
    }

    @Override
    public void hog(LogStamp at, LogFinding report) {
      if (hogs.size() < MAX_HOGS) {
        hogs.add(dated(report, at));
      }
    }

    @Override
    public void allocatedNamespaces(int count) {
      if (allocatedNamespaces.size() < MAX_DOCUMENTS) {
        allocatedNamespaces.add(dated(count));
      }
    }

    @Override
    public void cpus(int count) {
      if (cpus.size() < MAX_DOCUMENTS) {
        cpus.add(dated(count));
      }
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
