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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a text of whatever formats, and hands what it finds on. One pass, memory bounded whatever
 * the text; what no parser knows is passed over and counted. Not thread-safe.
 */
public final class TextReader {

  /** No line of interest is longer; of those that are, the rest is passed over. */
  private static final int MAX_LINE_BYTES = 8_192;

  private static final int MOST_ENCODED_BYTES = 4 << 20;

  private static final int CHUNK_BYTES = 1 << 16;

  private static final int LAST_LINE_BYTES = 512;

  private static final int LOOKED_AT = 500;

  /** So many show in which order a log's lines stand. */
  private static final int SHOW_THE_ORDER = 100;

  /** What is read from its end is no longer. */
  private static final int MOST_BACKWARDS = 32 << 20;

  /** What is read as one value is no longer. */
  private static final int MOST_OF_A_VALUE = 8 << 20;

  private static final String NEWEST_FIRST =
      "its lines stand newest first: they are read, and numbered, from the last to the first";

  private static final String TOO_LONG_TO_TURN =
      "its lines stand newest first, and it is too long to be read from its end: traces in it are"
          + " not understood (turn it round with tac)";

  /** Of an entry of a journal. */
  private static final int MOST_FIELDS = 128;

  /** With a larger share of control characters in its first part it is no text. */
  private static final double MOST_CONTROL = 0.1;

  /** Of a wide text in a language with Latin letters so many second bytes are zero. */
  private static final double MOST_OF_WIDE = 0.8;

  private static final Pattern NEXT_BOOT = Pattern.compile("^-- (?:Boot [0-9a-f]{32}|Reboot) --$");

  private static final int MOST_BEFORE_AN_OBJECT = 160;

  /** A string as JSON and programs write it: several lines in one. */
  private static final Pattern SPELLED_OUT = Pattern.compile("\\\\n.*\\\\n");

  /** The kernel's own time. */
  private static final Pattern STAMP = Pattern.compile("\\[ {0,7}\\d{1,9}\\.\\d{6}\\](?=[ \\[])");

  private static final int FEWEST_JOINED = 4;

  /** Where a line of a page's source ends on the page. */
  private static final Pattern BREAK = Pattern.compile("(?i)<br\\s?/?>");

  private static final Pattern NEWLINE = Pattern.compile("(?:\\\\r)?\\\\n");

  private final Findings findings;
  private final LocalDateTime reference;

  private final MailLines mail = new MailLines();

  /** Of a mail's part in Base64, what was decoded of it so far; of a large one piece by piece. */
  private final List<byte[]> encoded = new ArrayList<>();

  private int encodedBytes;

  private final TextHosts hosts;
  private final EarlierStamp earlier;

  /** What ends a line: a carriage return where there is no line feed at all. */
  private byte newline = '\n';

  private int lines;
  private boolean binary;

  /** The fields of a journal's entry that have been read. */
  private final Map<String, String> entry = new HashMap<>();

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
    this.hosts = new TextHosts(findings, pidByPath);
    this.earlier = new EarlierStamp(reference);
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
      readText(chunk, first, in);
    }
    if (pendingLength > 0) {
      endLine();
    }
    endEncoded();
    end();
    String ending = LineCleaner.clean(new String(last, 0, lastLength, StandardCharsets.UTF_8));
    hosts.tellEnds(LogPrefix.parse(ending, reference).stamp());
  }

  private void readText(byte[] chunk, int first, InputStream in) throws IOException {
    boolean value = JsonLog.mayBegin(chunk, first);
    boolean backwards = isNewestFirst(chunk, first);
    int most = backwards ? MOST_BACKWARDS : value ? MOST_OF_A_VALUE : first;
    byte[] whole = beginning(chunk, first, in, most);
    boolean all = whole.length < most;
    if (value && whole.length < MOST_OF_A_VALUE && takeAll(JsonLog.records(whole))) {
      return;
    }
    if (backwards) {
      findings.inference(all ? NEWEST_FIRST : TOO_LONG_TO_TURN);
    }
    if (backwards && all) {
      splitBackwards(whole);
      return;
    }
    split(whole, whole.length);
    for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
      split(chunk, read);
    }
  }

  private static byte[] beginning(byte[] chunk, int first, InputStream in, int most)
      throws IOException {
    byte[] rest = in.readNBytes(most - first);
    byte[] whole = Arrays.copyOf(chunk, first + rest.length);
    System.arraycopy(rest, 0, whole, first, rest.length);
    return whole;
  }

  /** Whether a log's times go backwards, as those of what is searched for in a store of logs do. */
  private boolean isNewestFirst(byte[] chunk, int length) {
    List<LogStamp> stamps = new ArrayList<>();
    String text = new String(chunk, 0, length, StandardCharsets.UTF_8);
    text.lines().limit(SHOW_THE_ORDER).map(this::stamp).forEach(stamps::add);
    return NewestFirst.are(stamps);
  }

  private LogStamp stamp(String raw) {
    String text = LineCleaner.clean(raw);
    JournalRecord record = text.startsWith("{") ? JournalRecord.parse(text) : null;
    return record == null ? LogPrefix.parse(text, reference).stamp() : stamp(record);
  }

  private LogStamp stamp(JournalRecord record) {
    return record.messages().stream()
        .findFirst()
        .map(message -> LogPrefix.parse(message, reference).stamp().and(record.stamp()))
        .orElse(record.stamp());
  }

  private void splitBackwards(byte[] whole) {
    int to = whole.length;
    for (int i = whole.length - 1; i >= -1; i--) {
      if (i < 0 || whole[i] == newline) {
        if (to > i + 1) {
          keepEnd(whole, i + 1, to);
          endLine();
        }
        to = i;
      }
    }
  }

  /** Takes the records of an answer of a store of logs, in the order of their times. */
  private boolean takeAll(List<JournalRecord> records) {
    List<JournalRecord> ordered = new ArrayList<>(records);
    if (NewestFirst.are(records.stream().map(this::stamp).toList())) {
      Collections.reverse(ordered);
      findings.inference(NEWEST_FIRST);
    }
    for (JournalRecord record : ordered) {
      lines++;
      take(record);
    }
    return !records.isEmpty();
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
    byte[] inside = mail.decodeBase64(pending, pendingLength);
    if (inside != null) {
      pendingLength = 0;
      encoded.add(inside);
      encodedBytes += inside.length;
      if (encodedBytes >= MOST_ENCODED_BYTES) {
        endEncoded();
      }
      return;
    }
    endEncoded();
    endOwnLine();
  }

  /** A part of a mail that was encoded as a whole is read as its own text is. */
  private void endEncoded() {
    if (encoded.isEmpty()) {
      return;
    }
    byte[] after = Arrays.copyOf(pending, pendingLength);
    List<byte[]> part = List.copyOf(encoded);
    encoded.clear();
    encodedBytes = 0;
    pendingLength = 0;
    for (byte[] bytes : part) {
      for (byte b : bytes) {
        if (b == '\n') {
          endOwnLine();
        } else if (pendingLength < MAX_LINE_BYTES) {
          pending[pendingLength++] = b;
        }
      }
    }
    endOwnLine();
    System.arraycopy(after, 0, pending, 0, after.length);
    pendingLength = after.length;
  }

  private void endOwnLine() {
    int length = mail.decode(pending, pendingLength);
    lines++;
    if (length == MailLines.GOES_ON) {
      pendingLength = mail.decoded();
      return;
    }
    pendingLength = 0;
    if (length > 1) {
      lastLength = Math.min(length, LAST_LINE_BYTES);
      System.arraycopy(pending, 0, last, 0, lastLength);
    }
    boolean first = lines <= LOOKED_AT;
    if (isWaiting() || LineFilter.mayBegin(pending, length)) {
      line(new String(pending, 0, length, StandardCharsets.UTF_8));
    } else if (first || hosts.areSeveral()) {
      lookAt(new String(pending, 0, length, StandardCharsets.UTF_8), first);
    }
  }

  private boolean isWaiting() {
    return hosts.isWaiting() || !entry.isEmpty();
  }

  /**
   * Whether it is a log at all is told by some lines of its beginning; how far each host's goes on,
   * by all.
   */
  private void lookAt(String raw, boolean first) {
    String text = LineCleaner.clean(raw);
    JournalRecord record = text.startsWith("{") ? JournalRecord.parse(text) : null;
    LogPrefix prefix = LogPrefix.parse(text, reference);
    if (record == null && prefix.stamp().isEmpty()) {
      return;
    }
    HostLines host = record != null ? hosts.of(record) : hosts.of(prefix);
    host.seen(
        record != null
            ? new TextLine(lines, "", record.stamp(), record.kernel())
            : textLine(prefix));
    if (first) {
      host.passedOver(lines);
    }
  }

  private void line(String raw) {
    if (raw.contains("<br") && BREAK.matcher(raw).find()) {
      for (String part : BREAK.split(raw, 0)) {
        line(part);
      }
      return;
    }
    String text = LineCleaner.clean(raw);
    int object = objectIn(text);
    JournalRecord record = object < 0 ? null : JournalRecord.parse(text.substring(object));
    if (record != null) {
      endEntry();
      take(record);
      return;
    }
    if (text.indexOf("\\n") >= 0 && SPELLED_OUT.matcher(text).find()) {
      for (String part : NEWLINE.split(text, -1)) {
        plain(part.replace("\\t", "\t").replace("\\\"", "\""), false);
      }
      return;
    }
    List<String> joined = joined(text);
    if (!joined.isEmpty()) {
      joined.forEach(part -> plain(part, false));
      return;
    }
    plain(text, raw.startsWith(HostHeading.INDENT));
  }

  /** The lines of a log that stand in one, as forms and chats leave them; none if it is one. */
  private static List<String> joined(String text) {
    if (text.length() < 200 || text.indexOf("] ") < 0) {
      return List.of();
    }
    List<String> parts = new ArrayList<>();
    Matcher stamp = STAMP.matcher(text);
    int from = 0;
    String before = "";
    while (stamp.find()) {
      if (stamp.start() > from && !stamp.group().equals(before)) {
        parts.add(text.substring(from, stamp.start()).stripTrailing());
        from = stamp.start();
      }
      before = stamp.group();
    }
    parts.add(text.substring(from));
    return parts.size() < FEWEST_JOINED ? List.of() : parts;
  }

  /** Where a log's record in JSON begins: at once, or behind a shipper's time and tag; else -1. */
  private static int objectIn(String text) {
    if (text.startsWith("{\"")) {
      return 0;
    }
    int object = text.startsWith("{") ? 0 : text.indexOf("{\"");
    return object <= 0 || (object <= MOST_BEFORE_AN_OBJECT && text.endsWith("}")) ? object : -1;
  }

  private void plain(String text, boolean indented) {
    JournalField field =
        JournalField.mayBe(text) || !entry.isEmpty() ? JournalField.parse(text) : null;
    if (field != null) {
      field(field);
      return;
    }
    endEntry();
    if (text.startsWith("-- ") && NEXT_BOOT.matcher(text.strip()).matches()) {
      hosts.current().nextBoot();
      return;
    }
    if (earlier.isDate(text)) {
      return;
    }
    hosts.readHeading(text, indented);
    hosts.readHead(text);
    LogPrefix prefix = LogPrefix.parse(text, reference);
    HostLines host = hosts.of(prefix);
    LogStamp stamp = earlier.of(text, prefix.stamp());
    TextLine line = new TextLine(lines, prefix.message(), stamp, prefix.kernel());
    host.seen(line);
    host.unwrapped(line, text);
  }

  private void field(JournalField field) {
    String value = field.value();
    if (field.name().isEmpty() || entry.containsKey(field.name())) {
      endEntry();
    }
    if (value != null && !field.name().isEmpty() && entry.size() < MOST_FIELDS) {
      entry.put(field.name(), value);
    }
  }

  private void endEntry() {
    JournalRecord record = JournalRecord.of(entry);
    entry.clear();
    if (record != null) {
      take(record);
    }
  }

  private void take(JournalRecord record) {
    HostLines host = hosts.of(record);
    host.release();
    for (String message : record.messages()) {
      host.boot(record.bootId());
      LogPrefix prefix = LogPrefix.parse(message, reference);
      TextLine line =
          new TextLine(
              lines,
              prefix.message(),
              prefix.stamp().and(record.stamp()),
              prefix.kernel() && record.kernel());
      host.seen(line);
      host.take(line);
    }
  }

  private TextLine textLine(LogPrefix prefix) {
    return new TextLine(lines, prefix.message(), prefix.stamp(), prefix.kernel());
  }

  /** Nothing more comes. */
  public void end() {
    endEntry();
    hosts.end();
  }

  /** Lines read. */
  public int lines() {
    return lines;
  }

  /** Of these, lines that a parser took. */
  public int recognised() {
    return hosts.recognised();
  }

  /** Whether it turned out to be no text. */
  public boolean isBinary() {
    return binary;
  }
}
