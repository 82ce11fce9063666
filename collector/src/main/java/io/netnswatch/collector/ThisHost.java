package io.netnswatch.collector;

import io.netnswatch.collector.bundle.Manifest;
import io.netnswatch.collector.proc.ProcDirectory;
import io.netnswatch.collector.proc.ProcFiles;
import io.netnswatch.collector.proc.ProcParseException;
import io.netnswatch.collector.proc.ProcStat;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * The host that is collected from.
 *
 * @param procRoot where its proc is mounted
 * @param givenName its name; null for its host name
 */
record ThisHost(Path procRoot, @Nullable String givenName) {

  /**
   * Its name: the given one, or the kernel's. No resolver is asked, which may be away or not know
   * it.
   *
   * @throws IOException if none was given and /proc can't be read
   */
  String name() throws IOException {
    return givenName != null ? givenName : line("sys/kernel/hostname");
  }

  /**
   * The envelope of a run of the collector that begins now.
   *
   * @throws IOException if /proc can't be read
   */
  Envelope envelope() throws IOException {
    return new Envelope(
        name(),
        line("sys/kernel/random/boot_id"),
        line("sys/kernel/osrelease"),
        Instant.now().truncatedTo(ChronoUnit.MILLIS));
  }

  /**
   * What a bundle says of this host.
   *
   * @throws IOException if /proc can't be read
   * @throws ProcParseException if {@code stat} is malformed
   */
  Manifest manifest(Instant startedAt, Instant endedAt) throws IOException, ProcParseException {
    ProcStat stat = ProcStat.parse(line("stat"));
    return new Manifest(
        Manifest.FORMAT,
        name(),
        line("sys/kernel/osrelease"),
        line("version"),
        stat.cpuCount(),
        line("sys/kernel/random/boot_id"),
        stat.bootTime().getEpochSecond(),
        startedAt.toEpochMilli(),
        endedAt.toEpochMilli());
  }

  /**
   * Online CPUs.
   *
   * @throws IOException if /proc can't be read
   * @throws ProcParseException if {@code stat} is malformed
   */
  int cpuCount() throws IOException, ProcParseException {
    return ProcStat.parse(line("stat")).cpuCount();
  }

  private String line(String file) throws IOException {
    ProcFiles proc = new ProcDirectory(procRoot);
    String text = proc.read(file);
    if (text == null) {
      throw new IOException(procRoot.resolve(file) + " does not exist");
    }
    return text.strip();
  }
}
