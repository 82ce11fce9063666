package io.netnswatch.collector.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a text of whatever formats, and hands what it finds on. One pass, memory bounded whatever
 * the text; what no parser knows is passed over and counted. Not thread-safe.
 */
public final class TextReader {

  /** No line of interest is longer; of those that are, the rest is passed over. */
  private static final int MAX_LINE_BYTES = 8_192;

  private static final int CHUNK_BYTES = 1 << 16;

  /** With a larger share of control characters in its first part it is no text. */
  private static final double MOST_CONTROL = 0.1;

  private static final Pattern NEXT_BOOT = Pattern.compile("^-- (?:Boot [0-9a-f]{32}|Reboot) --$");

  private final Findings findings;
  private final LocalDateTime reference;
  private final KernelLogText log;
  private final PerfScriptText samples;
  private final List<TextParser> parsers;
  private @Nullable TextParser block;
  private int lines;
  private int recognised;
  private boolean binary;
  private @Nullable String bootId;

  private byte[] pending = new byte[MAX_LINE_BYTES];
  private int pendingLength;

  /**
   * A reader that has read nothing.
   *
   * @param findings told what is found
   * @param reference when the text was given, UTC: dates without a year are of the year before it
   * @param pidByPath process whose stack it is, where the file's path says so; null if it does not
   */
  public TextReader(Findings findings, LocalDateTime reference, @Nullable Integer pidByPath) {
    this.findings = findings;
    this.reference = reference;
    this.log = new KernelLogText(findings);
    this.samples = new PerfScriptText(findings);
    this.parsers =
        List.of(
            new StackText(findings, pidByPath),
            new DeviceReferenceText(findings),
            new WorkqueueText(findings),
            new ProcessListText(findings),
            samples,
            new PerfReportText(findings),
            new FtraceText(findings),
            new CrashText(findings),
            new DrgnText(findings),
            new FoldedStacksText(findings),
            new FragmentCounterText(findings),
            new StraceText(findings),
            new NamespaceListText(findings),
            new KernelText(findings));
  }

  /**
   * Reads to the end, or until it is clear that it is no text.
   *
   * @throws IOException if reading fails
   */
  public void read(InputStream in) throws IOException {
    byte[] chunk = new byte[CHUNK_BYTES];
    boolean first = true;
    for (int read = in.read(chunk); read >= 0 && !binary; read = in.read(chunk)) {
      if (first && isBinary(chunk, read)) {
        binary = true;
        return;
      }
      first = false;
      split(chunk, read);
    }
    if (pendingLength > 0) {
      endLine();
    }
    end();
  }

  private static boolean isBinary(byte[] bytes, int length) {
    int control = 0;
    for (int i = 0; i < length; i++) {
      byte b = bytes[i];
      if (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t' && b != 0x1b && b != '\f') {
        control++;
      }
    }
    return control > MOST_CONTROL * length;
  }

  private void split(byte[] chunk, int length) {
    int from = 0;
    for (int i = 0; i < length; i++) {
      if (chunk[i] == '\n') {
        keep(chunk, from, i);
        endLine();
        from = i + 1;
      }
    }
    keep(chunk, from, length);
  }

  private void keep(byte[] chunk, int from, int to) {
    int taken = Math.min(to - from, MAX_LINE_BYTES - pendingLength);
    System.arraycopy(chunk, from, pending, pendingLength, taken);
    pendingLength += taken;
  }

  private void endLine() {
    int length = pendingLength;
    pendingLength = 0;
    lines++;
    if (block != null
        || log.isOpen()
        || samples.isWaiting()
        || LineFilter.mayBegin(pending, length)) {
      line(new String(pending, 0, length, StandardCharsets.UTF_8));
    }
  }

  private void line(String raw) {
    String text = LineCleaner.clean(raw);
    if (text.startsWith("{")) {
      JournalJson json = JournalJson.parse(text);
      if (json != null) {
        for (String message : json.messages()) {
          boot(json.bootId());
          prefixed(LogPrefix.parse(message, reference), json.stamp(), json.kernel());
        }
        return;
      }
    }
    if (text.startsWith("-- ") && NEXT_BOOT.matcher(text.strip()).matches()) {
      endBlocks();
      findings.reboot();
      return;
    }
    prefixed(LogPrefix.parse(text, reference), LogStamp.NONE, true);
  }

  private void boot(@Nullable String id) {
    if (id != null && !id.equals(bootId)) {
      if (bootId != null) {
        endBlocks();
        findings.reboot();
      }
      bootId = id;
    }
  }

  private void prefixed(LogPrefix prefix, LogStamp outer, boolean kernel) {
    take(
        new TextLine(
            lines, prefix.message(), prefix.stamp().and(outer), prefix.kernel() && kernel));
  }

  private void take(TextLine line) {
    TextParser open = block;
    if (open != null) {
      if (open.goesOn(line)) {
        recognised++;
        return;
      }
      open.end();
      block = null;
    }
    if (log.isOpen() && log.goesOn(line)) {
      recognised++;
      return;
    }
    if (KernelLogText.mayBegin(line.text()) && log.begins(line)) {
      recognised++;
      return;
    }
    for (TextParser parser : parsers) {
      if (parser.begins(line)) {
        recognised++;
        block = parser;
        return;
      }
    }
    log.passOver();
  }

  private void endBlocks() {
    TextParser open = block;
    if (open != null) {
      open.end();
      block = null;
    }
    log.end();
  }

  /** Nothing more comes. */
  public void end() {
    endBlocks();
    parsers.forEach(TextParser::end);
  }

  /** Lines read. */
  public int lines() {
    return lines;
  }

  /** Of these, lines that a parser took. */
  public int recognised() {
    return recognised;
  }

  /** Whether it turned out to be no text. */
  public boolean isBinary() {
    return binary;
  }
}
