package io.netnswatch.collector.text;

import io.netnswatch.collector.text.LogFinding.Category;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code unregister_netdevice: waiting for DEV to become free. Usage count = N} (net/core/dev.c),
 * every 10 s, and from 5.17 on with CONFIG_NET_DEV_REFCNT_TRACKER the {@code ref_tracker:} block
 * that says where the references to it were taken (lib/ref_tracker.c).
 */
public final class DeviceReferenceText implements TextParser {

  private static final String WAITING = "unregister_netdevice: waiting for ";

  /** How it stands within a sentence of somebody who writes of it: behind a word, and quoted. */
  private static final Pattern SAID_IN_WORDS = Pattern.compile("\\w[.,:;]? [(]?[`'\u201c]$");

  private static final Pattern NAMED_IN_WORDS =
      Pattern.compile("^\\S+ waiting for ([a-z][\\w.-]{1,14}) to become free");

  private static final Pattern WHOLE =
      Pattern.compile(
          "unregister_netdevice: waiting for (\\S{1,64}) to become free\\.\\s+Usage count ="
              + " (-?\\d{1,9})");

  /** As people shorten it, and as no sentence has it. */
  private static final Pattern WITHOUT_COUNT =
      Pattern.compile(
          "(?:^|\\bkernel:\\s?)unregister_netdevice: waiting for (\\S{1,64}) to become free\\.?$");

  /** Up to 6.3 it names nobody. */
  private static final Pattern TRACKER =
      Pattern.compile(
          "ref_tracker: (\\S{1,64}) has (\\d{1,9})/(\\d{1,9}) users at|leaked reference\\.\\s*$");

  /** How a tracker of a device is called that had no name yet, or from 6.17 on: {@code eth%d}. */
  private static final Pattern OF_NO_NAME = Pattern.compile("netdev|.*%d");

  /** What the tracker says stands right behind what it says it of; so many are listed at most. */
  private static final int TRACKED_WITHIN_LINES = 400;

  /** An event of a cluster that repeats the kernel's message: {@code 3s (x14245 over 1d)}. */
  private static final Pattern EVENT =
      Pattern.compile(
          "\\b(\\d{1,4}[smhd]\\w{0,4}) \\(x(\\d{1,9}) over (\\d{1,4}[smhd]\\w{0,4})\\)");

  /** A logger that does not write one and the same line again: in it, or in a line of its own. */
  private static final Pattern REPEATED =
      Pattern.compile("\\bmessage repeated (\\d{1,6}) times(?:: \\[|$)");

  private static final Pattern LENGTH = Pattern.compile("(\\d{1,4})([smhd])");

  /** The kernel writes so often of a device that it waits for. */
  static final long EVERY_MS = 10_000;

  private static final int MOST_CUT_LINES = 2;

  private final Findings findings;

  /** A line that goes on in the next, with what has come of it so far, and as it was. */
  private @Nullable TextLine cut;

  private @Nullable TextLine firstOfCut;
  private @Nullable Matcher last;
  private int cutLines;
  private int lastNumber;
  private @Nullable TextLine tracker;
  private final List<String> frames = new ArrayList<>();

  /** What it finds goes there. */
  public DeviceReferenceText(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean begins(TextLine line) {
    String text = line.text();
    Matcher tracked = TRACKER.matcher(text);
    if (tracked.find() && (tracked.group(1) != null || isTracked(line.number()))) {
      endTracker();
      tracker = line;
      findings.used(Format.DEVICE_REFERENCE, line.number());
      return true;
    }
    int at = text.indexOf(WAITING);
    if (at < 0) {
      return false;
    }
    if (SAID_IN_WORDS.matcher(text.substring(0, at)).find()) {
      return saidInWords(line, text.substring(at));
    }
    endTracker();
    endCut();
    Matcher whole = WHOLE.matcher(text);
    if (whole.find()) {
      found(line, whole);
      return true;
    }
    cut = line;
    firstOfCut = line;
    cutLines = 0;
    findings.used(Format.DEVICE_REFERENCE, line.number());
    return true;
  }

  @Override
  public boolean goesOn(TextLine line) {
    TextLine before = cut;
    if (before != null) {
      TextLine joined =
          new TextLine(
              before.number(),
              before.text().stripTrailing() + " " + line.stripped(),
              before.stamp(),
              true);
      Matcher whole = WHOLE.matcher(joined.text());
      if (whole.find()) {
        cut = null;
        found(joined, whole);
        findings.used(Format.DEVICE_REFERENCE, line.number());
        return true;
      }
      boolean more = ++cutLines < MOST_CUT_LINES && !line.text().contains(WAITING);
      cut = joined;
      if (!more) {
        endCut();
      }
      return more || begins(line);
    }
    Matcher said = last;
    if (said != null && !line.text().contains(WAITING) && repeatedMs(line) != null) {
      found(line, said);
      return true;
    }
    if (tracker != null) {
      String function = CallTrace.functionOf(line.text());
      if (function != null && frames.size() < CallTrace.MAX_FRAMES) {
        frames.add(function);
        findings.used(Format.DEVICE_REFERENCE, line.number());
        return true;
      }
    }
    return begins(line);
  }

  /** Somebody writes of the message: it is a hint, and no look at a log. */
  private boolean saidInWords(TextLine line, String said) {
    Matcher device = NAMED_IN_WORDS.matcher(said);
    if (!device.find()) {
      return false;
    }
    findings.used(Format.DEVICE_REFERENCE, line.number());
    findings.suspicion(
        "somebody writes that the kernel waits for device "
            + device.group(1)
            + ", which is still referenced: a cleanup of namespaces that waits for it holds their"
            + " lock; when, and for how long, the kernel's log shows (dmesg)");
    return true;
  }

  private void found(TextLine line, Matcher whole) {
    findings.used(Format.DEVICE_REFERENCE, line.number());
    last = whole;
    lastNumber = line.number();
    Long eventMs = eventMs(line.text());
    Long repeatedMs = repeatedMs(line);
    Long goneOnForMs = repeatedMs != null ? repeatedMs : eventMs;
    if (eventMs != null) {
      findings.inference(
          "an event says of device "
              + whole.group(1)
              + " that the kernel has repeated it for "
              + eventMs / 60_000
              + " minutes: it is taken to have done so every 10 s");
    }
    findings.log(
        line.stamp(),
        new LogFinding(
            Category.DEVICE_REFERENCE,
            whole.group().replaceAll("\\s+", " "),
            whole.group(1),
            whole.groupCount() < 2 ? null : Integer.valueOf(whole.group(2)),
            null,
            null,
            null,
            goneOnForMs,
            List.of()));
  }

  /** For how long a logger says that it was so; null if none says so. */
  private static @Nullable Long repeatedMs(TextLine line) {
    Matcher repeated = REPEATED.matcher(line.stripped());
    return repeated.find() ? Long.valueOf(Long.parseLong(repeated.group(1)) * EVERY_MS) : null;
  }

  /** How long an event says that it has gone on, where it does still; null if none says so. */
  private static @Nullable Long eventMs(String text) {
    Matcher event = EVENT.matcher(text);
    if (!event.find()) {
      return null;
    }
    long agoMs = lengthMs(event.group(1));
    long overMs = lengthMs(event.group(3));
    long saidMs = Long.parseLong(event.group(2)) * EVERY_MS;
    return agoMs <= 2 * EVERY_MS && saidMs >= overMs / 2 ? Long.valueOf(overMs) : null;
  }

  private static long lengthMs(String said) {
    Matcher part = LENGTH.matcher(said);
    long ms = 0;
    while (part.find()) {
      long unitMs =
          switch (part.group(2)) {
            case "s" -> 1_000L;
            case "m" -> 60_000L;
            case "h" -> 3_600_000L;
            default -> 86_400_000L;
          };
      ms += Long.parseLong(part.group(1)) * unitMs;
    }
    return ms;
  }

  /** A line that goes on nowhere may say all but the count. */
  private void endCut() {
    TextLine begun = cut == null ? null : firstOfCut;
    cut = null;
    Matcher said = begun == null ? null : WITHOUT_COUNT.matcher(begun.stripped());
    if (begun != null && said != null && said.find()) {
      found(begun, said);
    }
  }

  private void endTracker() {
    TextLine begun = tracker;
    tracker = null;
    if (begun != null) {
      Matcher said = TRACKER.matcher(begun.text());
      if (said.find()) {
        String device = trackedDevice(said.group(1), begun.number());
        findings.log(
            begun.stamp(),
            new LogFinding(
                Category.OTHER,
                "ref_tracker: "
                    + (device == null ? "a device" : device)
                    + (said.group(2) == null
                        ? " is referenced"
                        : " has " + said.group(2) + "/" + said.group(3) + " users"),
                device,
                null,
                null,
                null,
                null,
                null,
                frames));
      }
    }
    frames.clear();
  }

  /** The name holds an address: {@code lo@ffff…}. Null if neither it nor a line before tells. */
  private @Nullable String trackedDevice(@Nullable String named, int number) {
    String name = named == null ? null : named.replaceAll("@.*", "");
    if (name != null && !OF_NO_NAME.matcher(name).matches()) {
      return name;
    }
    Matcher waiting = last;
    return waiting != null && isTracked(number) ? waiting.group(1) : null;
  }

  private boolean isTracked(int number) {
    return last != null && number - lastNumber <= TRACKED_WITHIN_LINES;
  }

  @Override
  public void end() {
    endTracker();
    endCut();
    last = null;
  }
}
