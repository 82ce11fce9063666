package io.netnswatch.collector.text;

import io.netnswatch.collector.perf.PerfProfile;
import io.netnswatch.collector.perf.PerfScript;
import io.netnswatch.collector.text.Findings.Measure;
import io.netnswatch.schema.SymbolSamples;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code perf script} in all its forms; see {@link PerfScript}. */
final class PerfScriptText implements TextParser {

  private static final Pattern FREQUENCY =
      Pattern.compile("^# event : .*\\bsample_freq \\} = (\\d{1,6})\\b");

  private static final Pattern FRAME =
      Pattern.compile("^\\s+[0-9a-f]{6,16} [A-Za-z_$\\[]\\S*(?: \\(\\S.*\\))?\\s*$");

  private static final Pattern BARE =
      Pattern.compile("^\\S.{0,63}\\s+\\d{1,9}(?:/\\d{1,9})?\\s*$|^[\\w/:.+@-]{1,24}\\s*$");

  /** Of BARE, those that are a name alone. */
  private static final Pattern NAME = Pattern.compile("^[\\w/:.+@-]*[^\\s\\d][\\w/:.+@-]*\\s*$");

  private static final String NAMELESS = "?";

  private final Findings findings;
  private @Nullable PerfScript script;
  private @Nullable Double frequencyHz;

  /** A line that is a head only if a frame comes next. */
  private @Nullable TextLine pending;

  PerfScriptText(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean begins(TextLine line) {
    String text = line.text();
    Matcher frequency = FREQUENCY.matcher(text);
    if (frequency.find()) {
      frequencyHz = Double.valueOf(frequency.group(1));
      findings.used(Format.PERF_SCRIPT, line.number());
      return true;
    }
    TextLine before = pending;
    pending = null;
    if (PerfScript.isHeader(text) && !text.contains(" <-") && !text.contains(": (")) {
      script = new PerfScript();
      return take(line);
    }
    if (FRAME.matcher(text).matches()) {
      script = new PerfScript();
      return before == null ? begin(NAMELESS, line) : begin(before) && take(line);
    }
    if (BARE.matcher(text).matches()) {
      pending = line; // offered to others all the same
    }
    return false;
  }

  /** Whether the next line decides if the last one was a head. */
  boolean isWaiting() {
    return pending != null;
  }

  private boolean begin(TextLine head) {
    return NAME.matcher(head.text()).matches() ? begin(head.stripped(), head) : take(head);
  }

  /** A sample whose head is a name alone, or missing: then the line is its first frame. */
  private boolean begin(String name, TextLine line) {
    PerfScript begun = script;
    if (begun == null) {
      return false;
    }
    begun.begin(name);
    findings.used(Format.PERF_SCRIPT, line.number());
    return !name.equals(NAMELESS) || take(line);
  }

  private boolean take(TextLine line) {
    PerfScript begun = script;
    if (begun == null || !begun.accept(line.text())) {
      return false;
    }
    findings.used(Format.PERF_SCRIPT, line.number());
    return true;
  }

  @Override
  public boolean goesOn(TextLine line) {
    String text = line.text();
    PerfScript begun = script;
    if (begun != null && !begun.isInSample()) {
      if (FRAME.matcher(text).matches()) {
        return begin(NAMELESS, line);
      }
      if (NAME.matcher(text).matches()) {
        return begin(line);
      }
    }
    return take(line);
  }

  /** Samples of no task that are below the cleanup are of its worker. */
  private static PerfProfile named(PerfProfile profile) {
    return profile.withSymbols(
        profile.symbols().stream()
            .map(
                symbol ->
                    symbol.getComm().equals(NAMELESS)
                            && symbol.getCallPaths().stream()
                                .anyMatch(path -> TraceFrames.has(path.getFrames(), "cleanup_net"))
                        ? SymbolSamples.newBuilder(symbol).setComm("kworker").build()
                        : symbol)
            .toList());
  }

  @Override
  public void end() {
    PerfScript done = script;
    script = null;
    pending = null;
    if (done == null) {
      return;
    }
    PerfProfile profile = named(done.end());
    PerfScript.Shape shape = done.shape();
    if (profile.sampleCount() == 0) {
      return;
    }
    Double hz = frequencyHz != null ? frequencyHz : shape.frequencyHz();
    Double end = shape.endSeconds();
    findings.profile(
        end == null ? LogStamp.NONE : new LogStamp(Math.round(end * 1000), null, null),
        profile,
        new Measure(
            shape.seconds(),
            hz,
            shape.cpus() == 0 ? null : shape.cpus(),
            shape.cpus() == 0 && shape.tasks() <= 1));
  }
}
