package io.netnswatch.collector.text;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.Month;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What stands before a log's message: dmesg ({@code [ 123.4]}, {@code [Tue Jun 2 10:11:12 2026]},
 * ISO, {@code -x}, CONFIG_PRINTK_CALLER), journald (short forms), syslog, pstore and serial lines
 * ({@code <4>[ 123.4]}). Times without a zone are taken as UTC, dates without a year as of the
 * reference's or the year before.
 *
 * @param stamp what it said
 * @param message the rest
 * @param kernel false where a logger names a program that is not the kernel
 * @param host the host that a logger names; null if it names none
 */
record LogPrefix(LogStamp stamp, String message, boolean kernel, @Nullable String host) {

  private static final int MOST_PARTS = 6;

  private static final Pattern LEVEL = Pattern.compile("^<\\d{1,3}>");

  private static final Pattern FACILITY =
      Pattern.compile(
          "^(?:kern|user|daemon|syslog|auth)\\s*:(?:emerg|alert|crit|err|warn|notice|info|debug)\\s*:\\s?");

  private static final Pattern BRACKET = Pattern.compile("^\\s{0,2}\\[([^\\]\\[]{1,48})\\] ?");
  private static final Pattern UPTIME =
      Pattern.compile("^\\s*(\\d{1,10})\\.(\\d{1,9})(?:[,;@<].*|\\s+<.*)?$");
  private static final Pattern CALLER = Pattern.compile("^\\s*([TC]\\d{1,7})\\s*$");

  /** {@code dmesg -H} gives a minute, {@code Mar 7 10:12}, and then the time since each line. */
  private static final Pattern MINUTE =
      Pattern.compile("^([A-Z][a-z]{2} +\\d{1,2} \\d\\d:\\d\\d)$");

  private static final Pattern SINCE_BEFORE = Pattern.compile("^ {1,8}\\+\\d{1,8}\\.\\d{6}$");

  /**
   * What vendors of phones put behind the time: CPU and task, as {@code (0)[48:khungtaskd]}, {@code
   * I[0: khungtaskd: 48]}, {@code c0 48}.
   */
  private static final Pattern VENDOR_CALLER =
      Pattern.compile(
          "^\\s{0,2}(?:\\.?\\(\\d{1,3}\\)\\[\\d{1,7}:[^\\]]{1,20}\\]"
              + "|[A-Z]?\\[\\d{1,3}:\\s{0,15}[^\\]:]{1,20}(?::[^\\]:]{1,10})?:\\s{0,6}\\d{1,7}\\]"
              + "|[cC]\\d{1,2} {1,7}\\d{1,7}(?= )) ?");

  /** {@code talosctl dmesg}: {@code 10.0.0.5: kern: err: [2024-05-07T10:12:33.1Z]: }. */
  private static final Pattern TALOS =
      Pattern.compile(
          "^(?:([\\w.:-]{1,128}): {1,4})?(?:kern|user|daemon|syslog|auth): {1,9}[a-z]{3,9}:"
              + " \\[(\\d{4}-[^\\]\\[ ]{8,44})\\]: ?");

  /** What fabric puts before what a host prints: {@code [node7] out: }. */
  private static final Pattern FABRIC =
      Pattern.compile(
          "^\\[(?:[\\w.-]{1,64}@)?([\\w.-]{1,128})(?::\\d{1,5})?\\] (?:out|err|run|sudo): ?");

  /** A record of {@code name=value}, of the kernel. */
  private static final Pattern LOGFMT =
      Pattern.compile(
          "^(?=.{0,400}?=\"?kernel\\b)(?:ts|time|timestamp)=\"?(\\d{4}-[^\\s\"]{8,44})\"? .{0,400}?\\b(?:msg|message)=\"((?:[^\"\\\\]|\\\\.)*+)\".{0,400}$");

  private static final Pattern LOGFMT_HOST =
      Pattern.compile(" (?:host|hostname|node)=\"?([\\w.:-]{1,128})");

  /** A line of the kernel of a virtual machine, as its runtime logs it: {@code msg="[ 1.2] …"}. */
  private static final Pattern OF_GUEST =
      Pattern.compile(
          "^.{0,200}?[ \"{,]\\w{1,32}=\"(\\s{0,2}\\[ {0,8}\\d{1,9}\\.\\d{6}\\] (?:[^\"\\\\]|\\\\.)*+)\"");

  /** A name in brackets before the kernel's own time: of a console, a pod, a job. */
  private static final Pattern NAMED =
      Pattern.compile(
          "^\\s{0,2}\\[[^\\]\\[]{1,128}\\]\\s{0,4}(?=(?:<\\d{1,3}>)?\\[ {0,7}\\d{1,9}\\.\\d{1,9}\\]"
              + "|\\d{4}-\\d\\d-\\d\\d[T ]|[A-Z][a-z]{2} [ \\d]\\d \\d\\d:|kernel: )");

  /** What shippers put behind their time: container runtimes, and Loki's labels. */
  private static final Pattern STREAM =
      Pattern.compile("^(?:std(?:out|err) [FP] |\\{[\\w./-]{1,64}=\"[^{}]{0,300}\\}\\s{1,4})");

  private static final Pattern HOST_LABEL =
      Pattern.compile("[{, ](?:node|host|hostname|nodename|node_name)=\"([\\w.:-]{1,128})\"");

  /** {@code logcat -b kernel}: {@code 03-07 10:12:33.123 0 0 W : }. */
  private static final Pattern LOGCAT =
      Pattern.compile(
          "^(?:\\d{4}-)?\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3,9}(?: [+-]\\d{4})?\\s+(?:\\w{1,16}\\s+)?\\d{1,7}\\s+\\d{1,7}"
              + " [VDIWEF] [^:]{0,40}: ?");

  private static final Pattern CTIME =
      Pattern.compile(
          "^\\s*(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +([A-Z][a-z]{2}) +(\\d{1,2})"
              + " +(\\d\\d):(\\d\\d):(\\d\\d)(?:\\.\\d{1,9})? +(?:[A-Z]{2,5} +)?(\\d{4})\\s*$");

  /** The same in other languages: {@code Do Mär 7 10:12:33 2024}, {@code 木 3月 7 10:12:33 2024}. */
  private static final Pattern LOCAL_CTIME =
      Pattern.compile(
          "^\\s*\\p{L}{1,6}\\.?,? +(\\p{L}{3,5}|\\d{1,2}\\p{L})\\.? +(\\d{1,2})"
              + " +(\\d\\d):(\\d\\d):(\\d\\d)(?: +[A-Z]{2,5})? +(\\d{4})\\s*$");

  private static final Pattern ISO =
      Pattern.compile(
          "^(?:[A-Z][a-z]{2} )?(\\d{4}-\\d\\d-\\d\\d)[T ](\\d\\d:\\d\\d:\\d\\d)(?:[.,](\\d{1,9}))?"
              + " ?(Z|UTC|[+-]\\d\\d:?\\d\\d|[A-Z]{3,5}(?= ))?:?[ \\t]?");

  private static final Pattern SYSLOG =
      Pattern.compile(
          "^([A-Z][a-z]{2}) +(\\d{1,2}) (?:(\\d{4}) )?(\\d\\d):(\\d\\d):(\\d\\d)(?:[.,](\\d{1,9}))?"
              + " ");

  /** Some loggers put the year first: {@code 2024 Aug 28 00:39:46.066192 host}. */
  private static final Pattern YEAR_FIRST =
      Pattern.compile(
          "^(?<year>\\d{4}) (?<month>[A-Z][a-z]{2}) +(?<day>\\d{1,2}) (\\d\\d):(\\d\\d):(\\d\\d)(?:[.,](\\d{1,9}))? ");

  /** Kibana's: {@code Mar 7, 2024 @ 10:12:33.123}. */
  private static final Pattern KIBANA =
      Pattern.compile(
          "^(?<month>[A-Z][a-z]{2}) (?<day>\\d{1,2}), (?<year>\\d{4}) @ (\\d\\d):(\\d\\d):(\\d\\d)(?:\\.(\\d{1,9}))?\\s{1,4}");

  /** Cells of a table before the message: of which host it is, and that the kernel wrote it. */
  private static final Pattern CELLS =
      Pattern.compile("^(?:([\\w.:-]{1,128})\\t)?(?:[\\w.:/-]{1,64}\\t){0,2}kernel\\t");

  /** Others write dates as ctime() does, without brackets. */
  private static final Pattern BARE_CTIME =
      Pattern.compile(
          "^((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} +\\d{1,2} \\d\\d:\\d\\d:\\d\\d(?:"
              + " [A-Z]{2,5})? \\d{4})[: ]\\s?");

  /** RFC 5424: its version before the date, and what comes after the host's name. */
  private static final Pattern VERSION = Pattern.compile("^1 (?=\\d{4}-\\d\\d-\\d\\dT)");

  private static final Pattern STRUCTURED =
      Pattern.compile(
          "^([\\w.:-]{1,255}) ([\\w./-]{1,48}) \\S{1,128} \\S{1,32} (?:-|\\[.{0,512}?\\]) ?");

  /** A severity between date or host and the program. */
  private static final Pattern SEVERITY =
      Pattern.compile(
          "^\\s*(?:[\\w.-]{1,128} )?(?i:emerg|alert|crit|critical|err|error|warn|warning|notice|info|debug)[\\s:]+(?=kernel: )");

  /** Whatever a shipper of logs puts before it. */
  private static final Pattern SHIPPED =
      Pattern.compile("^.{0,160}?[\\s|>\\])}]kernel: (?=\\s{0,40}\\S)");

  /**
   * /dev/kmsg as it is, and netconsole's extended form: {@code 6,1234,5012345678,-,caller=T33;}.
   */
  private static final Pattern RECORD =
      Pattern.compile(
          "^\\d{1,4},\\d{1,18},(\\d{1,18}),[-c+](?:,[^;]{0,200}?)?(?:,caller=([TC]\\d{1,7}))?(?:,[^;]{0,200})?;");

  /** The kernel's own time, whatever else stands before it: names of containers, pods and files. */
  private static final Pattern BEHIND =
      Pattern.compile(
          "^[^\\[]{1,120}?(?=\\[ {0,7}\\d{1,9}\\.\\d{6}\\](?:\\[ {0,6}[TC]\\d{1,7}\\])? )");

  /** What tools put before the lines of each of many hosts, as pdsh does. */
  private static final Pattern OF_TOOL = Pattern.compile("([\\w.-]{1,128}): {1,4}");

  private static final Pattern UNIX = Pattern.compile("^(1\\d{9})\\.(\\d{3,6}) (?=\\S+ \\S+: )");

  private static final Pattern PROGRAM =
      Pattern.compile(
          "^([\\w.:-]{1,128}) (?:[a-z]{3,8}\\.[a-z]{3,7} )?([\\w@./()-]{1,64})(\\[(?:\\d{1,9}|n/a)\\])?: ?");

  private static final Pattern KERNEL = Pattern.compile("^\\s{0,2}kernel: ?(?=\\s{0,40}\\S)");

  private static final List<String> MONTHS =
      List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");

  /** How their names begin in German, French, Spanish, Italian, Portuguese, Dutch and Russian. */
  private static final List<List<String>> LOCAL_MONTHS =
      List.of(
          List.of("jan", "ene", "gen", "янв"),
          List.of("feb", "fév", "fev", "фев"),
          List.of("mar", "mär", "mrz", "mrt", "мар"),
          List.of("apr", "avr", "abr", "апр"),
          List.of("mai", "may", "mag", "mei", "май", "мая"),
          List.of("jun", "juin", "giu", "июн"),
          List.of("jul", "juil", "lug", "июл"),
          List.of("aug", "aoû", "aou", "ago", "авг"),
          List.of("sep", "set", "сен"),
          List.of("okt", "oct", "ott", "out", "окт"),
          List.of("nov", "ноя"),
          List.of("dez", "déc", "dec", "dic", "дек"));

  /** Takes the prefixes off a line, in whatever order they stand. */
  static LogPrefix parse(String line, LocalDateTime reference) {
    LogStamp stamp = LogStamp.NONE;
    boolean kernel = true;
    boolean dated = false;
    boolean structured = false;
    boolean named = false;
    boolean bracketed = false;
    String host = null;
    String rest = line;
    for (int part = 0; part < MOST_PARTS && !rest.isEmpty(); part++) {
      char first = rest.charAt(0);
      char sign = first == ' ' && rest.length() > 1 ? rest.charAt(1) : first;
      Matcher fabric = found(part == 0 && first == '[', FABRIC, rest);
      if (fabric != null) {
        host = fabric.group(1);
        rest = rest.substring(fabric.end());
        continue;
      }
      Matcher logfmt = found(part == 0 && first == 't' && rest.contains("kernel"), LOGFMT, rest);
      if (logfmt != null) {
        LogPrefix inside = parse(logfmt.group(2).replace("\\\"", "\""), reference);
        LogStamp outside = bracket(logfmt.group(1), reference);
        Matcher node = LOGFMT_HOST.matcher(rest);
        return new LogPrefix(
            outside == null ? inside.stamp() : inside.stamp().and(outside),
            inside.message(),
            true,
            node.find() ? node.group(1) : null);
      }
      Matcher level = found(first == '<', LEVEL, rest);
      if (level != null) {
        rest = rest.substring(level.end());
        continue;
      }
      Matcher bracket = found(sign == '[' || rest.startsWith("  ["), BRACKET, rest);
      if (bracket != null) {
        LogStamp inside = bracket(bracket.group(1), reference);
        if (inside == null) {
          Matcher label = found(part == 0 || bracketed, bracketed ? VENDOR_CALLER : NAMED, rest);
          if (label == null) {
            break;
          }
          rest = rest.substring(label.end());
          continue;
        }
        stamp = stamp.and(inside);
        dated |= inside.caller() == null;
        bracketed = true;
        rest = rest.substring(bracket.end());
        continue;
      }
      Matcher vendor = found(bracketed && isVendors(sign), VENDOR_CALLER, rest);
      if (vendor != null) {
        rest = rest.substring(vendor.end());
        continue;
      }
      Matcher stream = found(dated && (first == 's' || first == '{'), STREAM, rest);
      if (stream != null) {
        Matcher label = HOST_LABEL.matcher(stream.group());
        host = label.find() ? label.group(1) : host;
        rest = rest.substring(stream.end());
        continue;
      }
      Matcher talos = found(part == 0, TALOS, rest);
      if (talos != null) {
        LogStamp inside = bracket(talos.group(2), reference);
        stamp = inside == null ? stamp : stamp.and(inside);
        host = talos.group(1);
        named = true;
        rest = rest.substring(talos.end());
        continue;
      }
      Matcher logcat = found(part == 0 && isDigit(first), LOGCAT, rest);
      if (logcat != null) {
        named = true;
        rest = rest.substring(logcat.end());
        continue;
      }
      Matcher version = found(first == '1', VERSION, rest);
      if (version != null) {
        structured = true;
        rest = rest.substring(version.end());
        continue;
      }
      Matcher header = found(structured && dated, STRUCTURED, rest);
      if (header != null) {
        kernel = header.group(2).equals("kernel");
        host = header.group(1);
        structured = false;
        named = true;
        rest = rest.substring(header.end());
        continue;
      }
      Matcher record = found(isDigit(first), RECORD, rest);
      if (record != null) {
        stamp =
            stamp.and(new LogStamp(Long.parseLong(record.group(1)) / 1000, null, record.group(2)));
        bracketed = true;
        rest = rest.substring(record.end());
        continue;
      }
      Matcher yearFirst = found(isDigit(first), YEAR_FIRST, rest);
      if (yearFirst != null) {
        stamp = stamp.and(new LogStamp(null, dateMs(yearFirst), null));
        dated = true;
        rest = rest.substring(yearFirst.end());
        continue;
      }
      boolean letter = first >= 'A' && first <= 'Z';
      Matcher ctime = found(letter, BARE_CTIME, rest);
      if (ctime != null) {
        LogStamp inside = bracket(ctime.group(1), reference);
        stamp = inside == null ? stamp : stamp.and(inside);
        dated = true;
        rest = rest.substring(ctime.end());
        continue;
      }
      Matcher kibana = found(letter && rest.contains(" @ "), KIBANA, rest);
      if (kibana != null) {
        stamp = stamp.and(new LogStamp(null, dateMs(kibana), null));
        dated = true;
        rest = rest.substring(kibana.end());
        continue;
      }
      Matcher cells = found(dated && !named && rest.contains("kernel\t"), CELLS, rest);
      if (cells != null) {
        host = cells.group(1);
        named = true;
        rest = rest.substring(cells.end());
        continue;
      }
      Matcher severity = found(dated, SEVERITY, rest);
      if (severity != null) {
        rest = rest.substring(severity.end());
        continue;
      }
      Matcher iso = found(isDigit(first) || letter, ISO, rest);
      if (iso != null) {
        stamp = stamp.and(iso(iso));
        dated = true;
        rest = rest.substring(iso.end());
        continue;
      }
      Matcher unix = found(first == '1', UNIX, rest);
      if (unix != null) {
        stamp = stamp.and(new LogStamp(null, unixMs(unix), null));
        dated = true;
        rest = rest.substring(unix.end());
        continue;
      }
      Matcher syslog = found(letter, SYSLOG, rest);
      if (syslog != null) {
        stamp = stamp.and(new LogStamp(null, syslogMs(syslog, reference), null));
        dated = true;
        rest = rest.substring(syslog.end());
        continue;
      }
      Matcher kernelOnly = found(true, KERNEL, rest);
      if (kernelOnly != null) {
        named = true;
        rest = rest.substring(kernelOnly.end());
        continue;
      }
      Matcher program = found(dated && !named && !rest.startsWith("INFO"), PROGRAM, rest);
      if (program != null) {
        boolean ofKernel = program.group(2).equals("kernel");
        // Behind the kernel's own times a message begins with two words at times, too.
        boolean sure = !bracketed || ofKernel || program.group(3) != null;
        if (!sure || isMessage(program.group(1), program.group(2))) {
          break;
        }
        kernel = ofKernel;
        host = program.group(1);
        named = true;
        rest = rest.substring(program.end());
        continue;
      }
      Matcher facility = found(sign == 'k', FACILITY, rest);
      if (facility == null) {
        break;
      }
      rest = rest.substring(facility.end());
    }
    Matcher shipped = found(!named && rest.contains("kernel: "), SHIPPED, rest);
    if (shipped != null) {
      LogPrefix inside = parse(rest.substring(shipped.end()), reference);
      return new LogPrefix(inside.stamp().and(stamp), inside.message(), true, host);
    }
    Matcher guest = found(!bracketed && rest.contains("=\""), OF_GUEST, rest);
    if (guest != null) {
      LogPrefix inside = parse(guest.group(1).replace("\\\"", "\""), reference);
      return new LogPrefix(inside.stamp().and(stamp), inside.message(), true, null);
    }
    Matcher behind = found(!named && !bracketed && rest.indexOf('[') > 0, BEHIND, rest);
    if (behind != null) {
      LogPrefix inside = parse(rest.substring(behind.end()), reference);
      Matcher tool = OF_TOOL.matcher(behind.group());
      boolean ofHost = host == null && tool.matches() && DocumentHosts.isHosts(tool.group(1));
      return new LogPrefix(
          inside.stamp().and(stamp), inside.message(), kernel, ofHost ? tool.group(1) : host);
    }
    return new LogPrefix(stamp, rest, kernel, host);
  }

  /** How what a vendor puts behind the time begins, where it is no bracket. */
  private static boolean isVendors(char first) {
    return first == '('
        || first == '.'
        || first == 'c'
        || first == 'C'
        || (first >= 'A' && first <= 'Z');
  }

  /** Null if it may not be, or is not, there. */
  private static @Nullable Matcher found(boolean possible, Pattern prefix, String rest) {
    if (!possible) {
      return null;
    }
    Matcher matcher = prefix.matcher(rest);
    return matcher.find() ? matcher : null;
  }

  /** {@code rcu: INFO: …} and the like are messages, no host with its program. */
  private static boolean isMessage(String host, String program) {
    return host.endsWith(":") || program.equals("INFO") || program.equals("BUG");
  }

  private static @Nullable LogStamp bracket(String inside, LocalDateTime reference) {
    Matcher uptime = UPTIME.matcher(inside);
    if (uptime.matches()) {
      return new LogStamp(
          Long.parseLong(uptime.group(1)) * 1000 + fractionMs(uptime.group(2)), null, null);
    }
    Matcher caller = CALLER.matcher(inside);
    if (caller.matches()) {
      return new LogStamp(null, null, caller.group(1));
    }
    if (SINCE_BEFORE.matcher(inside).matches()) {
      return LogStamp.NONE; // what that means, the lines before say
    }
    Matcher minute = MINUTE.matcher(inside);
    if (minute.matches()) {
      return parse(minute.group(1) + ":00 ", reference).stamp();
    }
    Matcher ctime = CTIME.matcher(inside);
    if (ctime.matches()) {
      Long wallMs =
          wallMs(
              Integer.parseInt(ctime.group(6)),
              ctime.group(1),
              ctime.group(2),
              ctime.group(3),
              ctime.group(4),
              ctime.group(5));
      return wallMs == null ? null : new LogStamp(null, wallMs, null);
    }
    Matcher local = LOCAL_CTIME.matcher(inside);
    if (local.matches()) {
      String month = month(local.group(1));
      Long wallMs =
          month == null
              ? null
              : wallMs(
                  Integer.parseInt(local.group(6)),
                  month,
                  local.group(2),
                  local.group(3),
                  local.group(4),
                  local.group(5));
      return wallMs == null ? LogStamp.NONE : new LogStamp(null, wallMs, null);
    }
    Matcher iso = ISO.matcher(inside);
    return iso.find() && iso.end() == inside.length() ? iso(iso) : null;
  }

  /** The English name of a month of another language; null if it is none that is known. */
  private static @Nullable String month(String local) {
    if (isDigit(local.charAt(0))) {
      int number = Integer.parseInt(local.substring(0, local.length() - 1));
      return number >= 1 && number <= 12 ? MONTHS.get(number - 1) : null;
    }
    String name = local.toLowerCase(Locale.ROOT);
    for (int i = 0; i < MONTHS.size(); i++) {
      if (LOCAL_MONTHS.get(i).stream().anyMatch(name::startsWith)) {
        return MONTHS.get(i);
      }
    }
    return null;
  }

  private static LogStamp iso(Matcher iso) {
    String zone = iso.group(4);
    String offset =
        zone == null || Character.isLetter(zone.charAt(0))
            ? "Z"
            : zone.length() == 5 ? zone.substring(0, 3) + ":" + zone.substring(3) : zone;
    try {
      long wallMs =
          OffsetDateTime.parse(iso.group(1) + "T" + iso.group(2) + offset)
              .toInstant()
              .toEpochMilli();
      return new LogStamp(null, wallMs + fractionMs(iso.group(3)), null);
    } catch (DateTimeException e) {
      return LogStamp.NONE; // no date, whatever it looks like
    }
  }

  private static long fractionMs(@Nullable String fraction) {
    return fraction == null ? 0 : Long.parseLong((fraction + "00").substring(0, 3));
  }

  private static long unixMs(Matcher unix) {
    return Long.parseLong(unix.group(1)) * 1000 + Long.parseLong(unix.group(2).substring(0, 3));
  }

  /** A date whose year, month and day are named, in whatever order, before its time. */
  private static @Nullable Long dateMs(Matcher date) {
    Long wallMs =
        wallMs(
            Integer.parseInt(date.group("year")),
            date.group("month"),
            date.group("day"),
            date.group(4),
            date.group(5),
            date.group(6));
    return wallMs == null ? null : Long.valueOf(wallMs + fractionMs(date.group(7)));
  }

  private static @Nullable Long syslogMs(Matcher syslog, LocalDateTime reference) {
    String year = syslog.group(3);
    int guessed = year == null ? reference.getYear() : Integer.parseInt(year);
    Long wallMs =
        wallMs(
            guessed,
            syslog.group(1),
            syslog.group(2),
            syslog.group(4),
            syslog.group(5),
            syslog.group(6));
    if (wallMs == null) {
      return null;
    }
    long at = wallMs + fractionMs(syslog.group(7));
    long tomorrow = reference.plusDays(1).toInstant(ZoneOffset.UTC).toEpochMilli();
    if (year == null && at > tomorrow) {
      Long before =
          wallMs(
              guessed - 1,
              syslog.group(1),
              syslog.group(2),
              syslog.group(4),
              syslog.group(5),
              syslog.group(6));
      return before == null ? null : before + fractionMs(syslog.group(7));
    }
    return at;
  }

  private static @Nullable Long wallMs(
      int year, String month, String day, String hour, String minute, String second) {
    int number = MONTHS.indexOf(month);
    if (number < 0) {
      return null;
    }
    try {
      return LocalDateTime.of(
              year,
              Month.of(number + 1),
              Integer.parseInt(day.strip().toLowerCase(Locale.ROOT)),
              Integer.parseInt(hour),
              Integer.parseInt(minute),
              Integer.parseInt(second))
          .toInstant(ZoneOffset.UTC)
          .toEpochMilli();
    } catch (DateTimeException e) {
      return null; // the 31st of February is no date
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
