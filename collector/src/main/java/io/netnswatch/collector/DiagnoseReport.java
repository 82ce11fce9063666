package io.netnswatch.collector;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netnswatch.collector.metrics.SourceStatus;
import io.netnswatch.collector.text.Format;
import io.netnswatch.collector.text.TextEvidence;
import io.netnswatch.collector.text.TextEvidence.Document;
import io.netnswatch.collector.text.TextEvidence.Lines;
import io.netnswatch.detection.cause.Cause;
import io.netnswatch.detection.cause.Role;
import io.netnswatch.detection.signature.Kernel;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.schema.Confidence;
import io.netnswatch.schema.Culprit;
import io.netnswatch.schema.HotSymbol;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.RecordJson;
import io.netnswatch.schema.Worker;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What {@code diagnose} says, in words or as JSON lines. */
final class DiagnoseReport {

  static final int INCIDENT_FOUND = 3;
  static final int NOT_ENOUGH_EVIDENCE = 4;

  /** Of a sosreport's thousands of files those that say something are named. */
  private static final int MOST_DOCUMENTS = 100;

  private static final String TAKE_STACKS =
      "sudo sh -c 'uname -a; nproc --all; ps -eLo pid,lwp,stat,pcpu,time,etimes,wchan:32,comm; for"
          + " i in 1 2 3; do grep -H . /proc/[0-9]*/stack; sleep 1; done; dmesg | tail -n 2000' >"
          + " evidence.txt 2>&1; netnswatch diagnose evidence.txt";

  private static final String TAKE_PERF =
      "sudo sh -c 'uname -a; perf record -q -a -g -F 99 -o /tmp/perf.data -- sleep 10; perf script"
          + " --header -i /tmp/perf.data' > perf.txt 2>&1; netnswatch diagnose perf.txt";

  private static final String LOOK_HERE =
      "sudo netnswatch diagnose --for 60 --save evidence.tar.gz";

  private static final Pattern TASK = Pattern.compile("\\(pid \\d+\\)");

  /** Incidents of what hangs, as snapshots show it. */
  private static final Pattern OF_TASKS = Pattern.compile("^netns-(?:creation|cleanup)-");

  private final PrintWriter out;
  private final boolean json;
  private final List<Signature> signatures;
  private final List<Cause> causes;

  /** Of several the one that is told of; null if there is only one. */
  private final @Nullable String host;

  private @Nullable TextEvidence texts;

  DiagnoseReport(PrintWriter out, boolean json, List<Signature> signatures, List<Cause> causes) {
    this(out, json, signatures, causes, null);
  }

  private DiagnoseReport(
      PrintWriter out,
      boolean json,
      List<Signature> signatures,
      List<Cause> causes,
      @Nullable String host) {
    this.out = out;
    this.json = json;
    this.signatures = List.copyOf(signatures);
    this.causes = List.copyOf(causes);
    this.host = host;
  }

  /** How the sources of a live look were. */
  void sources(List<SourceStatus> sources) {
    for (SourceStatus source : sources) {
      if (json) {
        out.println(
            line("source")
                .put("name", source.name())
                .put("off_because", source.offBecause())
                .put("turns", source.turns())
                .put("failed_turns", source.failedTurns()));
      } else {
        out.println("Source " + words(source));
      }
    }
  }

  private static String words(SourceStatus source) {
    return source.name()
        + (source.offBecause() != null
            ? ": off, because " + source.offBecause()
            : ": "
                + source.turns()
                + " turns"
                + (source.failedTurns() == 0
                    ? ""
                    : ", " + source.failedTurns() + " of them failed"));
  }

  /** Parts of a bundle that could not be used. */
  void bundleNotes(List<String> notes) {
    for (String note : notes) {
      if (json) {
        out.println(line("unused").put("what", note));
      } else {
        out.println("Not used: " + note);
      }
    }
  }

  /** What came of texts. */
  void texts(TextEvidence read) {
    texts = read;
    List<Document> documents = read.documents();
    List<Document> telling =
        documents.size() <= MOST_DOCUMENTS
            ? documents
            : documents.stream()
                .filter(it -> it.recognisedLines() > 0)
                .limit(MOST_DOCUMENTS)
                .toList();
    for (Document document : telling) {
      if (json) {
        out.println(node(document));
      } else {
        print(document);
      }
    }
    if (telling.size() < documents.size() && !json) {
      out.println("Read: " + (documents.size() - telling.size()) + " more files, of no use");
    }
    if (read.omitted() > 0) {
      bundleNotes(List.of(read.omitted() + " findings more than are kept"));
    }
    if (!read.inferences().isEmpty() && !json) {
      out.println("Assumed, since the texts do not say it:");
      read.inferences().forEach(words -> out.println("  - " + words));
    }
    if (json) {
      read.inferences().forEach(words -> out.println(line("inference").put("words", words)));
    }
  }

  private void print(Document document) {
    if (document.isBinary()) {
      out.println("Read " + document.name() + ": " + noText(document));
      return;
    }
    if (document.used().isEmpty() && document.recognised().isEmpty()) {
      out.println("Read " + document.name() + ": " + document.lines() + " lines, none recognised");
      return;
    }
    out.println("Read " + document.name() + ", " + document.lines() + " lines:");
    document.used().forEach((format, lines) -> out.println("  used: " + words(format, lines)));
    document
        .recognised()
        .forEach(
            (format, lines) ->
                out.println("  not used: " + words(format, lines) + ": " + lines.why()));
  }

  private static String noText(Document document) {
    return document.binaryForm() == null ? "no text" : "no text: " + document.binaryForm();
  }

  private static String words(Format format, Lines lines) {
    return format.words()
        + ", "
        + lines.count()
        + (lines.count() == 1 ? " line (" : " lines (")
        + lines.first()
        + (lines.last() == lines.first() ? ")" : " to " + lines.last() + ")");
  }

  private ObjectNode node(Document document) {
    ObjectNode node =
        line("document")
            .put("name", document.name())
            .put("lines", document.lines())
            .put("recognised_lines", document.recognisedLines())
            .put("is_text", !document.isBinary());
    if (document.binaryForm() != null) {
      node.put("what_it_is", document.binaryForm());
    }
    add(node.putArray("used"), document.used());
    add(node.putArray("not_used"), document.recognised());
    return node;
  }

  private static void add(ArrayNode array, Map<Format, Lines> parts) {
    parts.forEach(
        (format, lines) ->
            array
                .addObject()
                .put("format", format.name())
                .put("lines", lines.count())
                .put("first_line", lines.first())
                .put("last_line", lines.last())
                .put("why", lines.why()));
  }

  /** Nothing that was given is of a kind that is known. */
  void nothingRecognised(TextEvidence read, PrintWriter err) {
    long lines = read.documents().stream().mapToLong(Document::lines).sum();
    boolean noText =
        !read.documents().isEmpty() && read.documents().stream().allMatch(Document::isBinary);
    read.documents().stream()
        .filter(it -> it.binaryForm() != null)
        .forEach(it -> err.println("netnswatch diagnose: " + it.name() + " is " + it.binaryForm()));
    err.println(
        "netnswatch diagnose: "
            + (noText
                ? names(read) + ": this is no text"
                : lines == 0
                    ? names(read) + ": there is nothing in it"
                    : names(read) + ": nothing in " + lines + " lines is of a form that is known")
            + "; what can be used: kernel logs (dmesg, journalctl -k), /proc/PID/stack, ps, top,"
            + " perf script and report, crash and drgn backtraces, strace, sockstat6, uname -a,"
            + " archives of these");
  }

  private static String names(TextEvidence read) {
    return read.documents().stream().map(Document::name).distinct().collect(joining(", "));
  }

  /**
   * What came of the only host.
   *
   * @return exit code
   */
  int verdict(HostEvidence evidence) {
    bundleNotes(evidence.unused());
    TextEvidence read = evidence.texts();
    if (read != null) {
      texts(read);
    }
    return verdict(evidence.incidents(), evidence.summary());
  }

  /**
   * What came of each of several hosts.
   *
   * @param rest what says nothing of any of them
   * @return the worst exit code
   */
  int verdicts(List<HostEvidence> hosts, TextEvidence rest) {
    List<HostEvidence> sorted =
        hosts.stream()
            .sorted(
                Comparator.comparing(
                        HostEvidence::worst, Comparator.nullsLast(HostEvidence.WORST_FIRST))
                    .thenComparing(DiagnoseReport::openness)
                    .thenComparing(HostEvidence::name))
            .toList();
    texts(rest);
    if (!json) {
      out.println(hosts.size() + " hosts, each judged by itself, the worst first:");
      sorted.forEach(each -> out.println("  " + each.name() + ": " + words(each)));
    }
    int worst = 0;
    for (HostEvidence each : sorted) {
      if (!json) {
        out.println("\n=== " + title(each) + " ===");
      }
      int exitCode = new DiagnoseReport(out, json, signatures, causes, each.name()).verdict(each);
      worst = worse(worst, exitCode);
    }
    return worst;
  }

  private static int worse(int one, int other) {
    return one == INCIDENT_FOUND || other == 0 ? one : other;
  }

  private static String title(HostEvidence evidence) {
    TextEvidence read = evidence.texts();
    if (read == null || read.otherNames().isEmpty()) {
      return evidence.name();
    }
    return evidence.name() + " (also " + String.join(", ", read.otherNames()) + ")";
  }

  private static String words(HostEvidence evidence) {
    if (!evidence.incidents().isEmpty()) {
      return evidence.incidents().stream().map(Incident::getTitle).collect(joining("; "));
    }
    return openness(evidence).words;
  }

  /** What is said of a host without an incident, what calls for a look first. */
  private enum Openness {
    SUSPICIOUS("no verdict, suspicious"),
    NOT_ENOUGH("no verdict"),
    NOTHING_FOUND("nothing found");

    private final String words;

    Openness(String words) {
      this.words = words;
    }
  }

  private static Openness openness(HostEvidence evidence) {
    TextEvidence read = evidence.texts();
    EvidenceSummary summary = evidence.summary();
    if (!suspects(summary, read).isEmpty()) {
      return Openness.SUSPICIOUS;
    }
    return isEnough(summary, read) ? Openness.NOTHING_FOUND : Openness.NOT_ENOUGH;
  }

  /**
   * The end of it.
   *
   * @return exit code
   */
  int verdict(List<Incident> incidents, EvidenceSummary evidence) {
    Instant quietSince = texts == null ? evidence.quietSince() : null;
    incidents.forEach(it -> incident(it, quietSince));
    List<String> suspects = incidents.isEmpty() ? suspects(evidence, texts) : List.of();
    boolean enough = suspects.isEmpty() && isEnough(evidence, texts);
    String next = next(incidents, evidence, enough);
    if (json) {
      kernels(evidence, incidents).forEach(out::println);
      ObjectNode verdict =
          line("verdict")
              .put("incidents", incidents.size())
              .put("enough_evidence", enough || !incidents.isEmpty())
              .put("proc_snapshots", evidence.snapshots())
              .put("perf_samples", evidence.slices())
              .put("perf_samples_without_names", evidence.namelessSlices())
              .put("netns_latencies", evidence.commands())
              .put("creations", evidence.creations())
              .put("next", next)
              .put("quiet_since", quietSince == null ? null : quietSince.toString());
      evidence.unreadable().forEach(verdict.putArray("unreadable")::add);
      suspects.forEach(verdict.putArray("suspects")::add);
      besides(incidents, evidence).forEach(verdict.putArray("seen_besides")::add);
      if (texts != null && host != null) {
        texts.otherNames().forEach(verdict.putArray("other_names")::add);
      }
      out.println(verdict);
    } else {
      words(incidents, evidence, enough, suspects, next);
    }
    out.flush();
    if (!incidents.isEmpty()) {
      return INCIDENT_FOUND;
    }
    return enough ? 0 : NOT_ENOUGH_EVIDENCE;
  }

  private static List<String> suspects(EvidenceSummary evidence, @Nullable TextEvidence read) {
    return read == null
        ? Stream.concat(evidence.suspects().stream(), evidence.rtnl().stream()).toList()
        : read.suspects();
  }

  /** Traces of tasks in trouble, or of a few, are no look at the host, if nothing else is given. */
  private static boolean isEnough(EvidenceSummary evidence, @Nullable TextEvidence texts) {
    boolean looked = evidence.slices() > evidence.namelessSlices() || evidence.creations() != null;
    return evidence.isEnough()
        && (texts == null || looked || !(texts.showsTrouble() || texts.showsChosenTasks()));
  }

  private void words(
      List<Incident> incidents,
      EvidenceSummary evidence,
      boolean enough,
      List<String> suspects,
      @Nullable String next) {
    String found =
        !incidents.isEmpty()
            ? incidents.size() + " found"
            : enough ? "Nothing found" : "No verdict: nothing was found, and that is no all-clear,";
    out.println(found + " in " + evidence.words() + ".");
    suspects.forEach(words -> out.println("Suspicious: " + words + "."));
    besides(incidents, evidence).forEach(words -> out.println("Seen besides: " + words + "."));
    if (evidence.namelessSlices() > 0) {
      out.println(
          "In "
              + evidence.namelessSlices()
              + " of the perf slices the kernel's functions have no names (kernel.kptr_restrict, or"
              + " CAP_SYSLOG is missing).");
    }
    if (!evidence.stacksSeen() && evidence.snapshots() > 0 && !evidence.unreadable().isEmpty()) {
      out.println(
          "Stacks could not be read (root is needed): who holds a lock can't be seen, and a"
              + " livelock is not excluded.");
    } else if (!evidence.stacksSeen()
        && evidence.slices() == evidence.namelessSlices()
        && incidents.isEmpty()) {
      out.println(
          texts == null
              ? "No stack and no perf slice with names was seen: a livelock is not excluded."
              : "No stack of a task that goes on so, and no perf slice with names was seen: a"
                  + " livelock is not excluded.");
    }
    evidence.unreadable().forEach(words -> out.println("Not readable: " + words));
    if (evidence.creations() != null) {
      out.println("Creations: " + evidence.creations() + ".");
    }
    if (incidents.isEmpty()) {
      kernelWords(evidence).forEach(out::println);
    }
    if (next != null) {
      out.println("Next, to settle it (its output can be given to diagnose in turn):\n  " + next);
    }
  }

  /** What incidents do not tell of already. */
  private List<String> besides(List<Incident> incidents, EvidenceSummary evidence) {
    TextEvidence read = texts;
    if (read == null) {
      List<String> all = new ArrayList<>(incidents.isEmpty() ? evidence.besides() : List.of());
      if (!incidents.isEmpty()) {
        evidence.suspects().stream().filter(it -> !isTold(it, incidents)).forEach(all::add);
        if (incidents.stream().noneMatch(DiagnoseReport::tellsOfRtnl)) {
          all.addAll(evidence.rtnl());
        }
      }
      all.addAll(evidence.hogs());
      all.addAll(evidence.earlier());
      return all;
    }
    List<String> besides = new ArrayList<>(read.besides());
    read.profiled()
        .forEach(
            (function, words) -> {
              if (!incidents.isEmpty() && incidents.stream().noneMatch(it -> shows(it, function))) {
                besides.add(words);
              }
            });
    return besides;
  }

  private static boolean tellsOfRtnl(Incident incident) {
    return incident.getWaitChain().stream()
        .anyMatch(
            step ->
                Role.RTNL_OWNER.name().equals(step.getTaskRole())
                    || (step.getWaitsFor() != null && step.getWaitsFor().contains("rtnl_mutex")));
  }

  /** Whether an incident names the first task of which the words are. */
  private static boolean isTold(String words, List<Incident> incidents) {
    Matcher task = TASK.matcher(words);
    return task.find()
        && incidents.stream().anyMatch(it -> it.getDescription().contains(task.group()));
  }

  /** Whether an incident is of that function: its hot code, its culprit or its worker is in it. */
  private static boolean shows(Incident incident, String function) {
    HotSymbol hot = incident.getHotSymbol();
    Culprit culprit = incident.getCulprit();
    Worker worker = incident.getWorker();
    return (hot != null
            && (function.equals(hot.getSymbol()) || hot.getCallPath().contains(function)))
        || (culprit != null && culprit.getStack().contains(function))
        || (worker != null && worker.getStack().contains(function));
  }

  private List<KernelStatement> kernelStatements(EvidenceSummary evidence) {
    String release = evidence.kernelRelease();
    return release == null
        ? List.of()
        : KernelStatement.of(
            new Kernel(release, evidence.kernelVersion()),
            signatures,
            causes,
            texts == null ? Set.of() : texts.suspectFunctions());
  }

  private List<String> kernelWords(EvidenceSummary evidence) {
    String release = evidence.kernelRelease();
    if (release == null) {
      return List.of("Kernel: not known.");
    }
    List<KernelStatement> statements = kernelStatements(evidence);
    return statements.isEmpty()
        ? List.of("Kernel: " + release + ".")
        : statements.stream().map(it -> "Kernel " + release + ": " + it.words()).toList();
  }

  private List<ObjectNode> kernels(EvidenceSummary evidence, List<Incident> incidents) {
    if (!incidents.isEmpty()) {
      return List.of();
    }
    return kernelStatements(evidence).stream()
        .map(
            it ->
                line("kernel")
                    .put("release", evidence.kernelRelease())
                    .put("kind", it.bug())
                    .put("verdict", it.verdict().name())
                    .put("reason", it.reason()))
        .toList();
  }

  /** One command whose output would tell more; null if nothing is open. */
  private @Nullable String next(
      List<Incident> incidents, EvidenceSummary evidence, boolean enough) {
    boolean settled =
        !incidents.isEmpty()
            && incidents.stream().allMatch(it -> it.getConfidence() == Confidence.CONFIRMED)
            && evidence.kernelRelease() != null;
    if (settled || (incidents.isEmpty() && enough)) {
      return null;
    }
    if (texts == null) {
      return LOOK_HERE;
    }
    boolean hasWorker =
        texts.hasCleanupStack() || incidents.stream().anyMatch(it -> it.getWorker() != null);
    boolean lacksPerf =
        !texts.hasProfile()
            || incidents.stream()
                .flatMap(it -> it.getMissing().stream())
                .anyMatch(it -> it.contains("perf"));
    return hasWorker && lacksPerf ? TAKE_PERF : TAKE_STACKS;
  }

  /** An incident. */
  void incident(Incident incident) {
    incident(incident, null);
  }

  /** The same; where it is open still though nothing hangs any more, since when that is. */
  private void incident(Incident incident, @Nullable Instant quietSince) {
    if (json) {
      out.println(line("incident").setAll(RecordJson.of(incident)));
      return;
    }
    out.printf(
        "*** %s %s, %s: %s%n",
        incident.getSeverity(),
        incident.getConfidence(),
        Judge.isOpen(incident)
            ? "since " + incident.getStartedAt()
            : "ended " + incident.getEndedAt(),
        incident.getTitle());
    if (quietSince != null
        && Judge.isOpen(incident)
        && OF_TASKS.matcher(incident.getKind()).find()) {
      out.println(
          "    Over?     At the last look nothing hangs any more, and has not since "
              + quietSince
              + ": it is told as going on until a minute without a sign of it has passed.");
    }
    out.println(incident.getDescription().indent(4).stripTrailing());
    incident.getMissing().forEach(missing -> out.println("    Missing:  " + missing));
    out.printf("    Runbook:  %s%n%n", incident.getRunbookUrl());
  }

  void flush() {
    out.flush();
  }

  private ObjectNode line(String type) {
    ObjectNode line = JsonNodeFactory.instance.objectNode().put("type", type);
    return host == null ? line : line.put("host", host);
  }
}
