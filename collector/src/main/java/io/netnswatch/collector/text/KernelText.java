package io.netnswatch.collector.text;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which kernel it is: {@code /proc/version} and the log's first line, {@code uname -a} and {@code
 * -r}, what bug reports and traces say, names of kernel packages; and how many CPUs there are.
 */
final class KernelText implements TextParser {

  private static final Pattern VERSION =
      Pattern.compile("(Linux version (\\d{1,2}\\.\\d{1,3}[\\w.+~-]{0,100}) \\(.{1,800})$");

  private static final Pattern UNAME =
      Pattern.compile(
          "(?:^|[\\s:`'\"(])Linux (?<node>\\S{1,128}) (?<release>\\d{1,2}\\.\\d{1,3}[\\w.+~-]{1,100})"
              + " (?<build>#\\d{1,5}\\b.{1,300})$");

  private static final Pattern SET_NAME =
      Pattern.compile("\\bsystemd\\[1\\]: (?:Set hostname to|Hostname set to) <([\\w.-]{1,128})>");

  /** Chinese, Japanese, Korean, Russian, French, Spanish and Portuguese, with "version" behind. */
  private static final String KERNEL_IN_OTHER_LANGUAGES =
      "(?:内核|核心|カーネル|커널|[Яя]др[оае]|\\b[Nn]oyau|\\b[Nn]úcleo|\\b[Kk]ernel)"
          + "(?: ?(?:版本|バージョン|버전|верси[ия]|versión|versão))?(?:是|为|為|は)?";

  private static final Pattern RELEASE =
      Pattern.compile(
          "(?:^|(?:\\b(?:uname -r|Uname|[Kk]ernel(?: ?(?i:version|release))?(?: is)?|os"
              + " ?release)|"
              + KERNEL_IN_OTHER_LANGUAGES
              + ")\"?\\s{0,3}[:=：]?\\s{0,20}\"?(?:Linux"
              + " )?)((?:[2-9])\\.\\d{1,3}(?:\\.\\d{1,4})?(?:\\+|[-+.][\\w.+~-]{1,100})?)(?:\\s|$|,|\"|\\)|，|。|）)");

  /** {@code 4.15.0-29.31-generic}: the version of the package, of which the release is a part. */
  private static final Pattern UBUNTU_SIGNATURE =
      Pattern.compile(
          "^ProcVersionSignature: Ubuntu ([2-9][\\d.]{3,11}-\\d{1,4})\\.\\S{0,20}?-(\\w{1,16})\\b");

  /** The first line of pidstat, iostat and others: {@code Linux 4.15.18 (pve3) … (40 CPU)}. */
  private static final Pattern SYSSTAT =
      Pattern.compile(
          "^Linux ([2-9]\\.\\d{1,3}[\\w.+~-]{0,100}) \\(\\S{1,128}\\)\\s+\\S{6,12}\\s+_\\w{3,16}_\\s+\\((\\d{1,5})"
              + " CPUs?\\)");

  /** A release that a distribution builds, wherever people write of it. */
  private static final Pattern IN_WORDS =
      Pattern.compile(
          "(?<![\\w.-])([2-9]\\.\\d{1,3}\\.\\d{1,4}-(?:\\d{1,4}[\\w.~]{0,40}-(?:generic|lowlatency|aws|azure|gcp|gke|oracle|oem|kvm|pve|amd64|arm64|cloud-amd64|default)"
              + "|linuxkit|coreos(?:-r\\d)?|flatcar"
              + "|[\\d.]{1,40}\\.(?:el\\d\\w{0,4}|fc\\d\\d|amzn\\d)(?:\\.\\w{1,16}){0,3}))(?![\\w-])");

  /** Three numbers as a kernel's are, of a series that there was, and what a builder put behind. */
  private static final String LIKE_A_RELEASE =
      "(?<![\\w./-])v?(?<release>(?:(?:[3-7]\\.1?\\d|4\\.20)\\.\\d{1,3}|2\\.6\\.\\d\\d)"
          + "(?:[-+][\\w.+~-]{0,60}[\\w+]|\\+)?)(?![\\w+/-]|\\.\\d| of\\b)";

  /**
   * Where such numbers are meant as the kernel's: people who write so are sure to mean it, but not
   * that theirs is the kernel that runs.
   */
  private static final List<Pattern> SAID_OF_A_KERNEL =
      List.of(
          Pattern.compile(
              "(?:^|[(,;:] ?|\\b(?i:run|runs|ran|running|on|with|using|under|the|is|in|since|before"
                  + "|until|from|to|mainline|vanilla|stable|upstream|GNU/) ?)Linux "
                  + LIKE_A_RELEASE),
          Pattern.compile(LIKE_A_RELEASE + " (?:(?:LTS|mainline|stable|vanilla) )?kernels?\\b"),
          Pattern.compile(
              "(?:^|[(,;:] ?|\\b(?i:we|we're|i|i'm|am|are|is|was|were|hosts?|nodes?|servers?"
                  + "|machines?|currently|still|all) )(?i:run|runs|ran|running) (?:on )?"
                  + LIKE_A_RELEASE),
          Pattern.compile(
              "(?:^|[(,;:] ?|\\b(?i:mainline|vanilla|stable|upstream|in|since|before|until) )"
                  + "(?=v)"
                  + LIKE_A_RELEASE));

  /** In front of a kernel that is not said to run. */
  private static final Pattern ANOTHER_KERNEL =
      Pattern.compile(
          "(?i)\\b(?:fix\\w*|since|before|until|up to|upgrad\\w+|downgrad\\w+|updat\\w+|introduc\\w+"
              + "|backport\\w*|merged|landed|from|after|not?|never|\\w+n't|unlike|than|try|tried|test(?:ed|ing))"
              + "\\b[^.;]{0,80}$|\\bin (?:the )?v?$");

  /** In front of one that people name beside theirs: as better, as worse, or as what to try. */
  private static final Pattern BESIDE_THEIRS =
      Pattern.compile(
          "(?i)\\b(?:fix\\w*|(?:up|down)grad\\w+|updat\\w+|introduc\\w+|backport\\w*|merged|landed|works|worked"
              + "|fine|luck|different|another|other|older|newer|previous\\w*|try|tried|trying|unlike"
              + "|not (?:seen|happen|reproduc\\w+|affect\\w+)|n't (?:seen|happen|reproduc\\w+))\\b[^.;]{0,80}$");

  /** Behind such a one. */
  private static final Pattern AS_ANOTHER =
      Pattern.compile(
          "(?i)^[^.;,]{0,60}\\b(?:before (?:the|an?|this|that) (?:up|down)grade|works|worked"
              + "|(?:is|was|were) (?:fine|ok|okay|good|not affected|unaffected)"
              + "|does(?:n't| not) (?:have|show|happen)|did(?:n't| not) (?:have|show|happen)|fixe[sd]|solve[sd]"
              + "|helped)\\b");

  /** In front of the one that a host was given, and runs now. */
  private static final Pattern MOVED_TO =
      Pattern.compile(
          "(?i)\\b(?:(?:up|down)graded|updated|moved|switched|went|(?:since|after|by)"
              + " (?:(?:up|down)grading|updating|moving|switching))\\b(?:[^.;]|\\.(?=\\S)){0,80}"
              + "\\bto (?:the |kernel |Linux )*[\"'`(]*$");

  /** Behind one that has the trouble, whatever stands in front of it. */
  private static final Pattern HAS_IT =
      Pattern.compile(
          "(?i)^(?:, ?)?(?:[^.;,]{0,60}\\b)?(?:hangs?|hung|stuck|same|locks? up|freezes|frozen|crash(?:es|ed)|(?:I|we) see"
              + "|until (?!(?:the|an?|this|that) (?:up|down)grade)|nothing works|(?:is|are) broken|n't work)\\b");

  private static final String NOT_SAID_TO_RUN = "a kernel that is not said to run";

  /** Linux went from 2.6 to 3.0; what stands at the end of a patch is the version of git. */
  private static final Pattern OF_OTHER_PROGRAMS = Pattern.compile("2\\.(?!6\\.)");

  private static final Pattern NPROC = Pattern.compile("\\bnproc(?: --all)?\\s*$");

  /** As many lines behind nproc its number may come. */
  private static final int NPROC_WITHIN = 3;

  /** What crash says of a dump: {@code RELEASE: 4.15.0-45-generic}, {@code CPUS: 24}. */
  private static final Pattern OF_CRASH =
      Pattern.compile("^RELEASE: ([2-9]\\.\\d{1,3}[\\w.+~-]{0,100})\\s*$");

  /** What sysrq-t says: {@code Sched Debug Version: v0.11, 4.15.0-45-generic #48-Ubuntu}. */
  private static final Pattern OF_SCHEDULER =
      Pattern.compile("^Sched Debug Version: \\S{1,16} ([2-9]\\.\\d{1,3}[\\w.+~-]{0,100}) #.*$");

  private static final Pattern PACKAGE =
      Pattern.compile(
          "\\b(?:kernel(?:-(?:ml|lt|core|uek|default|rt|plus))?|linux-image(?:-unsigned)?|pve-kernel|proxmox-kernel|linux)-([2-9]\\.\\d{1,3}[\\w.+~-]{1,100}?)(?:\\.(?:rpm|deb))?(?=[\\s,;)]|$)");

  private static final Pattern BOOTED = Pattern.compile("^Linux version \\d");

  private static final Pattern CPUS =
      Pattern.compile(
          "^(?:# nrcpus online : (\\d{1,5})|CPU\\(s\\):\\s+(\\d{1,5})|CPUS: (\\d{1,5})|smp: Brought up \\d+ nodes?,"
              + " (\\d{1,5}) CPUs|Brought up (\\d{1,5}) CPUs)\\s*$");

  private static final int MAX_CPUS = 8_192;

  /** The lines before the first one of a boot are of its own first moments. */
  private static final long ANOTHER_BOOT_MS = 30_000;

  private final Findings findings;
  private boolean booted;
  private LogStamp latest = LogStamp.NONE;
  private int nprocLines;

  KernelText(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean begins(TextLine line) {
    String text = line.stripped();
    if (text.length() > 1024 || text.isEmpty()) {
      return false;
    }
    if (nproc(line, text)) {
      return true;
    }
    Matcher cpus = CPUS.matcher(text);
    if (cpus.matches()) {
      return cpus(line, cpus);
    }
    Matcher version = VERSION.matcher(text);
    if (version.find()) {
      if (isFirstOfBoot(line)) {
        if (isNextBoot(line)) {
          findings.reboot();
          findings.booted(line.stamp());
        }
        booted = true;
        latest = line.stamp();
      }
      findings.kernel(version.group(2), capped(version.group(1)));
      findings.used(Format.KERNEL, line.number());
      return true;
    }
    Uname uname = uname(text);
    if (uname != null) {
      // Without the words in parentheses, which uname does not print.
      findings.kernel(uname.release(), "Linux version " + uname.kernel());
      findings.host(uname.node());
      findings.used(Format.KERNEL, line.number());
      return true;
    }
    Matcher name = SET_NAME.matcher(text);
    if (name.find()) {
      findings.host(name.group(1));
      findings.recognised(Format.KERNEL_LOG, line.number(), "nothing in it concerns namespaces");
      return true;
    }
    if (text.indexOf('.') < 0) {
      return false;
    }
    Matcher sysstat = SYSSTAT.matcher(text);
    if (sysstat.find()) {
      findings.kernel(sysstat.group(1), null);
      return cpus(line, sysstat.group(2));
    }
    Matcher signature = UBUNTU_SIGNATURE.matcher(text);
    if (signature.find()) {
      findings.kernel(signature.group(1) + "-" + signature.group(2), null);
      findings.used(Format.KERNEL, line.number());
      return true;
    }
    for (Pattern said : List.of(OF_CRASH, OF_SCHEDULER)) {
      Matcher ofTool = said.matcher(text);
      if (ofTool.matches()) {
        findings.kernel(ofTool.group(1), null);
        findings.used(Format.KERNEL, line.number());
        return true;
      }
    }
    if (releases(line, text)) {
      return true;
    }
    Matcher named = PACKAGE.matcher(text);
    if (named.find()) {
      tell(line, text, named, named.group(1));
      return true;
    }
    return inWords(line, text) || spokenOf(line, text);
  }

  /** The first that is said of the host, or else those that are said of others. */
  private boolean releases(TextLine line, String text) {
    Matcher release = RELEASE.matcher(text);
    boolean any = false;
    while (release.find()) {
      if (isRelease(text, release)) {
        String whole = release.group(1).replaceFirst("\\.+$", ""); // the end of a sentence
        if (tell(line, text, release, whole)) {
          return true;
        }
        any = true;
      }
    }
    return any;
  }

  /** Tells of a release, and answers whether it is said of the host. */
  private boolean tell(TextLine line, String text, Matcher at, String release) {
    if (isAnother(line, text, at)) {
      another(line, release);
      return false;
    }
    findings.kernel(release, null);
    findings.used(Format.KERNEL, line.number());
    return true;
  }

  private boolean inWords(TextLine line, String text) {
    Matcher inWords = IN_WORDS.matcher(text);
    boolean any = false;
    while (inWords.find()) {
      if (isAnother(line, text, inWords)) {
        another(line, inWords.group(1));
      } else {
        findings.kernelInWords(inWords.group(1));
        findings.used(Format.KERNEL, line.number());
      }
      any = true;
    }
    return any;
  }

  /** Whether people name it beside the one that their host runs; loggers' lines are no prose. */
  private static boolean isAnother(TextLine line, String text, Matcher release) {
    String before = text.substring(0, release.start(1));
    String after = text.substring(release.end(1));
    return line.stamp().isEmpty()
        && !HAS_IT.matcher(after).find()
        && (AS_ANOTHER.matcher(after).find()
            || (BESIDE_THEIRS.matcher(before).find() && !MOVED_TO.matcher(before).find()));
  }

  private void another(TextLine line, String release) {
    findings.kernelSpokenOf(release, false);
    findings.recognised(Format.KERNEL, line.number(), NOT_SAID_TO_RUN);
  }

  /** Kernels that people speak of; a logger's line speaks of versions of all kinds. */
  private boolean spokenOf(TextLine line, String text) {
    boolean any = false;
    if (line.stamp().isEmpty()) {
      for (Pattern said : SAID_OF_A_KERNEL) {
        Matcher release = said.matcher(text);
        while (release.find()) {
          String before = text.substring(0, release.start("release"));
          String after = text.substring(release.end("release"));
          boolean runs =
              !ANOTHER_KERNEL.matcher(before).find() && !AS_ANOTHER.matcher(after).find();
          findings.kernelSpokenOf(release.group("release"), runs);
          if (runs) {
            findings.used(Format.KERNEL, line.number());
          } else {
            findings.recognised(Format.KERNEL, line.number(), NOT_SAID_TO_RUN);
          }
          any = true;
        }
      }
    }
    return any;
  }

  /** What {@code uname -a} says of a host. */
  record Uname(String node, String release, String build) {
    String kernel() {
      return release + " " + build;
    }
  }

  /** Null if the line has none. */
  static @Nullable Uname uname(String text) {
    if (!text.contains("Linux ")) {
      return null;
    }
    Matcher uname = UNAME.matcher(text);
    return uname.find()
        ? new Uname(uname.group("node"), uname.group("release"), uname.group("build"))
        : null;
  }

  /** Whether the number of CPUs is about to come. */
  boolean isWaiting() {
    return nprocLines > 0;
  }

  private boolean nproc(TextLine line, String text) {
    if (NPROC.matcher(text).find()) {
      nprocLines = NPROC_WITHIN;
    } else if (nprocLines > 0) {
      nprocLines--;
      if (text.matches("\\d{1,4}") && cpus(line, text)) {
        nprocLines = 0;
        return true;
      }
    }
    return false;
  }

  private static boolean isFirstOfBoot(TextLine line) {
    return !line.stamp().isEmpty() && line.kernel() && BOOTED.matcher(line.stripped()).find();
  }

  /** Whether a boot begins with a line, and it is not the first of the text. */
  boolean isNextBoot(TextLine line) {
    return isFirstOfBoot(line)
        && ((booted && line.stamp().uptimeMs() != null) || isLaterBoot(line.stamp()));
  }

  /** Tells of a line of the log that came by, whatever it says. */
  void passed(LogStamp stamp) {
    if (!stamp.isEmpty()) {
      latest = stamp;
    }
  }

  /** Whether what came before was of another boot: the clock of this one began anew, or later. */
  private boolean isLaterBoot(LogStamp first) {
    Long before = latest.uptimeMs();
    Long now = first.uptimeMs();
    if (before != null && now != null) {
      return before - now > ANOTHER_BOOT_MS;
    }
    Long wallBefore = latest.wallMs();
    Long wallNow = first.wallMs();
    return wallBefore != null && wallNow != null && wallNow - wallBefore > ANOTHER_BOOT_MS;
  }

  /** A number alone in its line is a release only if it looks like a whole one. */
  private static boolean isRelease(String text, Matcher release) {
    boolean alone = release.start() == 0 && release.group().strip().equals(text);
    boolean labelled = release.start(1) > release.start();
    if (OF_OTHER_PROGRAMS.matcher(release.group(1)).lookingAt()) {
      return false;
    }
    return labelled
        || (alone && release.group(1).matches("\\d\\.\\d{1,3}\\.\\d{1,4}(?:\\+|[-+.]\\S+)"));
  }

  private boolean cpus(TextLine line, Matcher cpus) {
    for (int group = 1; group <= cpus.groupCount(); group++) {
      if (cpus.group(group) != null) {
        return cpus(line, cpus.group(group));
      }
    }
    return false;
  }

  private boolean cpus(TextLine line, String number) {
    int count = Integer.parseInt(number);
    if (count < 1 || count > MAX_CPUS) {
      return false;
    }
    findings.cpus(count);
    findings.used(Format.CPUS, line.number());
    return true;
  }

  private static String capped(String version) {
    return version.length() <= 512 ? version : version.substring(0, 512);
  }

  @Override
  public boolean goesOn(TextLine line) {
    return false;
  }

  @Override
  public void end() {}
}
