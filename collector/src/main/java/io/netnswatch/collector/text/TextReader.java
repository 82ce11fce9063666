package io.netnswatch.collector.text;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.Arrays;
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

  private static final int LAST_LINE_BYTES = 512;

  private static final int LOOKED_AT = 500;

  /** What is shorter was not wrapped: terminals and mails have 72 columns or more. */
  private static final int LEAST_WRAPPED = 68;

  private static final int MOST_WRAPPED = 240;

  /** With a larger share of control characters in its first part it is no text. */
  private static final double MOST_CONTROL = 0.1;

  /** Of a wide text in a language with Latin letters so many second bytes are zero. */
  private static final double MOST_OF_WIDE = 0.8;

  private static final Pattern NEXT_BOOT = Pattern.compile("^-- (?:Boot [0-9a-f]{32}|Reboot) --$");

  private static final int MOST_BEFORE_AN_OBJECT = 160;

  /** A string as JSON and programs write it: several lines in one. */
  private static final Pattern SPELLED_OUT = Pattern.compile("\\\\n.*\\\\n");

  private static final Pattern NEWLINE = Pattern.compile("(?:\\\\r)?\\\\n");

  private final Findings findings;
  private final LocalDateTime reference;
  private final KernelLogText log;
  private final PerfScriptText samples;
  private final StackText stacks;
  private final KernelText kernel;
  private final AllocationText allocations;
  private final LockListText locks;
  private final List<TextParser> parsers;
  private @Nullable TextParser block;

  /** What ends a line: a carriage return where there is no line feed at all. */
  private byte newline = '\n';

  private int lines;
  private int recognised;
  private boolean binary;
  private @Nullable String bootId;

  /** A line that is whole only if the next one does not go on with it. */
  private @Nullable TextLine held;

  private int heldLength;

  private byte[] pending = new byte[MAX_LINE_BYTES];
  private int pendingLength;

  /** The beginning of the last line that is not empty: how far a log goes on. */
  private final byte[] last = new byte[LAST_LINE_BYTES];

  private int lastLength;

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
    this.stacks = new StackText(findings, pidByPath);
    this.kernel = new KernelText(findings);
    this.allocations = new AllocationText(findings);
    this.locks = new LockListText(findings);
    this.parsers =
        List.of(
            stacks,
            new ProcStatusText(findings),
            new DeviceReferenceText(findings),
            new WorkqueueText(findings),
            new ProcessListText(findings),
            samples,
            new PerfReportText(findings),
            new FtraceText(findings),
            new CrashText(findings),
            new DrgnText(findings),
            new FoldedStacksText(findings),
            new StackCountText(findings),
            new FragmentCounterText(findings),
            new StraceText(findings),
            new StopWatchText(findings),
            new NamespaceListText(findings),
            kernel);
  }

  /**
   * Reads to the end, or until it is clear that it is no text.
   *
   * @throws IOException if reading fails
   */
  public void read(InputStream in) throws IOException {
    byte[] chunk = new byte[CHUNK_BYTES];
    int first = in.readNBytes(chunk, 0, chunk.length);
    newline = has(chunk, first, '\r') && !has(chunk, first, '\n') ? (byte) '\r' : (byte) '\n';
    Charset wide = wideCharset(chunk, first);
    if (wide != null) {
      readWide(new SequenceInputStream(new ByteArrayInputStream(chunk, 0, first), in), wide);
    } else if (isBinary(chunk, first)) {
      binary = true;
      return;
    } else {
      split(chunk, first);
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        split(chunk, read);
      }
    }
    if (pendingLength > 0) {
      endLine();
    }
    release();
    end();
    String ending = LineCleaner.clean(new String(last, 0, lastLength, StandardCharsets.UTF_8));
    LogStamp at = LogPrefix.parse(ending, reference).stamp();
    if (!at.isEmpty()) {
      findings.until(at);
    }
  }

  /** UTF-16, as Windows' shells write what they are told to keep; null if it is not. */
  private static @Nullable Charset wideCharset(byte[] bytes, int length) {
    int[] zeros = new int[2];
    for (int i = 0; i < length; i++) {
      zeros[i & 1] += bytes[i] == 0 ? 1 : 0;
    }
    int most = length / 2;
    boolean little = zeros[1] > MOST_OF_WIDE * most && zeros[0] < most - MOST_OF_WIDE * most;
    boolean big = zeros[0] > MOST_OF_WIDE * most && zeros[1] < most - MOST_OF_WIDE * most;
    return little ? StandardCharsets.UTF_16LE : big ? StandardCharsets.UTF_16BE : null;
  }

  private void readWide(InputStream in, Charset charset) throws IOException {
    Reader characters = new InputStreamReader(in, charset);
    char[] chunk = new char[CHUNK_BYTES / 4];
    for (int read = characters.read(chunk); read >= 0; read = characters.read(chunk)) {
      byte[] bytes = new String(chunk, 0, read).getBytes(StandardCharsets.UTF_8);
      split(bytes, bytes.length);
    }
  }

  private static boolean has(byte[] bytes, int length, char c) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] == c) {
        return true;
      }
    }
    return false;
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
      if (chunk[i] == newline) {
        keep(chunk, from, i);
        endLine();
        from = i + 1;
      }
    }
    keep(chunk, from, length);
  }

  private void keep(byte[] chunk, int from, int to) {
    int at = from;
    while (to - at > MAX_LINE_BYTES - pendingLength && spellsOut()) {
      int taken = MAX_LINE_BYTES - pendingLength;
      System.arraycopy(chunk, at, pending, pendingLength, taken);
      at += taken;
      pendingLength = MAX_LINE_BYTES;
      endPart();
    }
    keepEnd(chunk, at, to);
  }

  /** Whether the line is so far a string with newlines spelled out. */
  private boolean spellsOut() {
    return lastNewline() >= 0;
  }

  /** Where the last newline ends that is spelled out in what is kept of a line; -1 if none is. */
  private int lastNewline() {
    for (int i = pendingLength - 1; i > 0; i--) {
      if (pending[i] == 'n' && pending[i - 1] == '\\') {
        return i + 1;
      }
    }
    return -1;
  }

  /** A long string is read part by part. */
  private void endPart() {
    int end = lastNewline();
    byte[] rest = Arrays.copyOfRange(pending, end, pendingLength);
    pendingLength = end;
    endLine();
    lines--; // it goes on
    System.arraycopy(rest, 0, pending, 0, rest.length);
    pendingLength = rest.length;
  }

  private void keepEnd(byte[] chunk, int from, int to) {
    int taken = Math.min(to - from, MAX_LINE_BYTES - pendingLength);
    System.arraycopy(chunk, from, pending, pendingLength, taken);
    pendingLength += taken;
  }

  private void endLine() {
    int length = pendingLength;
    pendingLength = 0;
    lines++;
    if (length > 1) {
      lastLength = Math.min(length, LAST_LINE_BYTES);
      System.arraycopy(pending, 0, last, 0, lastLength);
    }
    if (block != null
        || log.isOpen()
        || samples.isWaiting()
        || kernel.isWaiting()
        || stacks.isWaiting()
        || held != null
        || LineFilter.mayBegin(pending, length)) {
      line(new String(pending, 0, length, StandardCharsets.UTF_8));
    } else if (lines <= LOOKED_AT) {
      lookAt(new String(pending, 0, length, StandardCharsets.UTF_8));
    }
  }

  /** Whether it is a log at all is told by some lines of its beginning. */
  private void lookAt(String raw) {
    String text = LineCleaner.clean(raw);
    JournalJson json = text.startsWith("{") ? JournalJson.parse(text) : null;
    if (json != null || !LogPrefix.parse(text, reference).stamp().isEmpty()) {
      findings.recognised(Format.KERNEL_LOG, lines, "nothing in it concerns namespaces");
      recognised++;
    }
  }

  private void line(String raw) {
    String text = LineCleaner.clean(raw);
    int object = objectIn(text);
    JournalJson json = object < 0 ? null : JournalJson.parse(text.substring(object));
    if (json != null) {
      release();
      for (String message : json.messages()) {
        boot(json.bootId());
        prefixed(LogPrefix.parse(message, reference), json.stamp(), json.kernel());
      }
      return;
    }
    if (text.indexOf("\\n") >= 0 && SPELLED_OUT.matcher(text).find()) {
      for (String part : NEWLINE.split(text, -1)) {
        plain(part.replace("\\t", "\t").replace("\\\"", "\""));
      }
      return;
    }
    plain(text);
  }

  /** Where a log's record in JSON begins: at once, or behind a shipper's time and tag; else -1. */
  private static int objectIn(String text) {
    if (text.startsWith("{\"")) {
      return 0;
    }
    int object = text.startsWith("{") ? 0 : text.indexOf("{\"");
    return object <= 0 || (object <= MOST_BEFORE_AN_OBJECT && text.endsWith("}")) ? object : -1;
  }

  private void plain(String text) {
    JournalField field = JournalField.mayBe(text) ? JournalField.parse(text) : null;
    if (field != null) {
      release();
      String message = field.message();
      if (message != null) {
        take(new TextLine(lines, message, LogStamp.NONE, true));
      }
      return;
    }
    if (text.startsWith("-- ") && NEXT_BOOT.matcher(text.strip()).matches()) {
      release();
      endBlocks();
      findings.reboot();
      return;
    }
    unwrapped(text, LogPrefix.parse(text, reference));
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

  /** A line of a log that may have been cut at a margin waits for the one that comes next. */
  private void unwrapped(String text, LogPrefix prefix) {
    TextLine line = new TextLine(lines, prefix.message(), prefix.stamp(), prefix.kernel());
    String host = prefix.host();
    if (host != null && prefix.kernel()) {
      findings.host(host);
    }
    TextLine before = held;
    held = null;
    if (before != null) {
      boolean goesOn = line.stamp().isEmpty() && !text.isBlank() && text.length() <= heldLength + 8;
      TextLine whole = goesOn ? KernelLogText.unwrapped(before, text) : null;
      if (whole != null) {
        take(whole);
        recognised++; // the second half, too
        return;
      }
      take(before);
    }
    if (!line.stamp().isEmpty()
        && text.length() >= LEAST_WRAPPED
        && text.length() <= MOST_WRAPPED
        && !KernelLogText.isWhole(line.text())) {
      held = line;
      heldLength = text.length();
    } else {
      take(line);
    }
  }

  private void release() {
    TextLine last = held;
    held = null;
    if (last != null) {
      take(last);
    }
  }

  private void take(TextLine line) {
    parse(line);
    kernel.passed(line.stamp());
  }

  private void parse(TextLine line) {
    TextParser open = block;
    if (open != null) {
      if (open.goesOn(line)) {
        recognised++;
        return;
      }
      open.end();
      block = null;
    }
    if (kernel.isNextBoot(line)) {
      endBlocks();
    }
    if (allocations.begins(line)) {
      log.end();
      recognised++;
      block = allocations;
      return;
    }
    if (log.isReasonForLocks() && locks.begins(line)) {
      log.end();
      locks.behindHungTasks(log.isReasonForLocksOfNamespaces());
      recognised++;
      block = locks;
      return;
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
