package io.netnswatch.collector.text;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorInputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdUtils;
import org.jspecify.annotations.Nullable;

/**
 * Opens what people have: files, folders, tars and zips, compressed or not, one in another; by
 * their content, not by their names. Nothing is unpacked to disk, and what would be too much is
 * refused.
 */
public final class EvidenceFiles {

  private static final int MAX_DEPTH = 12;
  private static final int MAX_ENTRIES = 200_000;
  private static final long MAX_BYTES = 8L << 30;
  private static final int MAGIC = 512;

  /** What a name from elsewhere must not do to a terminal. */
  private static final Pattern NOT_PRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}]");

  /** Memory an .xz may ask for. */
  private static final int MAX_XZ_KIB = 96 << 10;

  private static final Pattern STACK =
      Pattern.compile("(?:^|/)proc/(\\d{1,9})/(?:task/(\\d{1,9})/)?stack$");

  /** As people name the files they save one in: {@code proc-2909-stack.txt}, {@code 2909.stack}. */
  private static final Pattern NAMED_STACK =
      Pattern.compile(
          "(?:^|[/!])(?=[^/!]*stack)[^/!]*?(?:(?:^|[^a-z])(?:proc|pid|tid|task)[-_.]?(\\d{1,9})"
              + "|(?:^|[/!_.-])(\\d{1,9})[-_.]k?stack|stack[-_.]?(\\d{3,9}))(?=[^0-9/!][^/!]*$|$)");

  private static final Pattern OF_BUNDLE =
      Pattern.compile(
          "(?:\\./)?[^/]+/(?:manifest\\.json|proc/\\d{10,15}/.*|perf/\\d{10,15}-.*|netns/commands\\.jsonl|kernel/log\\.jsonl|namespaces/\\d{10,15}/.*)");

  private static final int BUNDLE_SHOWS_WITHIN = 6;

  private final TextEvidence texts;
  private final List<Path> bundles = new ArrayList<>();
  private int entries;
  private long bytes;

  /** Whether some compressed data ended early: then so do the archives in it. */
  private boolean salvaged;

  /** What is found goes there. */
  public EvidenceFiles(TextEvidence texts) {
    this.texts = texts;
  }

  /**
   * Reads a file, or a folder with all that is in it.
   *
   * @throws IOException if it can't be read, or is too much; the message says what
   */
  public void read(Path path) throws IOException {
    if (isBundle(path)) {
      bundles.add(path);
      return;
    }
    if (!Files.isDirectory(path)) {
      try (InputStream in = Files.newInputStream(path)) {
        read(path.toString(), in);
      }
      return;
    }
    List<Path> files;
    try (Stream<Path> all = Files.walk(path, 32)) {
      files = all.filter(Files::isRegularFile).limit(MAX_ENTRIES + 1L).sorted().toList();
    }
    Path root = path.toRealPath();
    long leadingOut = 0;
    for (Path file : files) {
      if (!file.toRealPath().startsWith(root)) {
        leadingOut++; // it shows a file of this machine, not of the one that the folder is of
      } else if (Files.isReadable(file)) {
        read(file);
      }
    }
    if (leadingOut > 0) {
      texts.infer(
          path
              + ": "
              + (leadingOut == 1 ? "a link leads" : leadingOut + " links lead")
              + " out of the folder, to files of this machine: not read");
    }
  }

  /** Evidence bundles of netnswatch among what was to be read: they are no texts. */
  public List<Path> bundles() {
    return List.copyOf(bundles);
  }

  /**
   * Reads a stream.
   *
   * @param name for people
   */
  public void read(String name, InputStream in) throws IOException {
    read(name, new Bounded(in), 0);
  }

  private void read(String called, InputStream raw, int depth) throws IOException {
    String name = NOT_PRINTABLE.matcher(called).replaceAll("?");
    if (++entries > MAX_ENTRIES) {
      throw new IOException(name + ": more than " + MAX_ENTRIES + " files");
    }
    BufferedInputStream in = new BufferedInputStream(raw, 1 << 16);
    in.mark(MAGIC);
    byte[] magic = in.readNBytes(MAGIC);
    in.reset();
    if (depth < MAX_DEPTH) {
      try {
        InputStream plain = decompressed(in, magic);
        if (plain != null) {
          read(name, new Bounded(new Salvaged(name, plain, false)), depth + 1);
          return;
        }
        if (TarArchiveInputStream.matches(magic, magic.length)) {
          tar(name, in, depth);
          return;
        }
        if (starts(magic, 'P', 'K', 3, 4)) {
          zip(name, in, depth);
          return;
        }
      } catch (ZipException e) {
        throw new IOException(name + ": damaged archive: " + e.getMessage(), e);
      }
    }
    texts.read(name, pidOf(name), in, BinaryForm.of(magic));
  }

  private static @Nullable Integer pidOf(String name) {
    Matcher stack = STACK.matcher(name);
    if (stack.find()) {
      return Integer.valueOf(stack.group(2) != null ? stack.group(2) : stack.group(1));
    }
    Matcher named = NAMED_STACK.matcher(name);
    if (!named.find()) {
      return null;
    }
    for (int group = 1; group < named.groupCount(); group++) {
      if (named.group(group) != null) {
        return Integer.valueOf(named.group(group));
      }
    }
    return Integer.valueOf(named.group(named.groupCount()));
  }

  private static @Nullable InputStream decompressed(InputStream in, byte[] magic)
      throws IOException {
    if (starts(magic, 0x1f, 0x8b)) {
      return new GZIPInputStream(in, 1 << 16);
    }
    if (starts(magic, 0xfd, '7', 'z', 'X', 'Z', 0)) {
      return XZCompressorInputStream.builder()
          .setInputStream(in)
          .setMemoryLimitKiB(MAX_XZ_KIB)
          .get();
    }
    if (starts(magic, 'B', 'Z', 'h') && magic.length > 4 && magic[4] == 0x31) {
      return new BZip2CompressorInputStream(in);
    }
    if (starts(magic, 0x28, 0xb5, 0x2f, 0xfd) && opensZstd()) {
      return new ZstdCompressorInputStream(in);
    }
    return null;
  }

  /** Its library is native, and that of Kafka's client. */
  private static boolean opensZstd() {
    try {
      return ZstdUtils.isZstdCompressionAvailable();
    } catch (LinkageError e) {
      return false; // not for this machine, or /tmp is no place for it
    }
  }

  private static boolean starts(byte[] magic, int... bytes) {
    if (magic.length < bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if ((magic[i] & 0xff) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  private void tar(String name, InputStream in, int depth) throws IOException {
    TarArchiveInputStream tar = new TarArchiveInputStream(new TarGuard(in));
    try {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.isFile()) {
          String inside = name + "!" + entry.getName();
          read(inside, new Salvaged(inside, new Unclosed(tar), true), depth + 1);
        }
      }
    } catch (IOException e) {
      rethrowUnlessSalvaged(e);
    }
  }

  /** An archive in data that ended early ends early, too, and that has been said. */
  private void rethrowUnlessSalvaged(IOException e) throws IOException {
    if (!salvaged || e instanceof TooMuchException) {
      throw e;
    }
  }

  private void zip(String name, InputStream in, int depth) throws IOException {
    ZipInputStream zip = new ZipInputStream(in);
    try {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (!entry.isDirectory()) {
          String inside = name + "!" + entry.getName();
          read(inside, new Salvaged(inside, new Unclosed(zip), false), depth + 1);
        }
      }
    } catch (IOException e) {
      rethrowUnlessSalvaged(e);
    }
  }

  /** Whether a file is an evidence bundle of netnswatch, by the names in it. */
  public static boolean isBundle(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (BufferedInputStream raw = new BufferedInputStream(Files.newInputStream(file))) {
      raw.mark(MAGIC);
      byte[] magic = raw.readNBytes(2);
      raw.reset();
      if (!starts(magic, 0x1f, 0x8b)) {
        return false;
      }
      TarArchiveInputStream tar = new TarArchiveInputStream(new TarGuard(new GZIPInputStream(raw)));
      for (int i = 0; i < BUNDLE_SHOWS_WITHIN; i++) {
        ArchiveEntry entry = tar.getNextEntry();
        if (entry == null) {
          return false;
        }
        if (OF_BUNDLE.matcher(entry.getName()).matches()) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return false; // no gzip, no tar: read as what it is
    }
  }

  /** Refuses what would never end. */
  private final class Bounded extends FilterInputStream {
    Bounded(InputStream in) {
      super(in);
    }

    private int counted(int read) throws IOException {
      bytes += Math.max(0, read);
      if (bytes > MAX_BYTES) {
        throw new TooMuchException("more than " + (MAX_BYTES >> 30) + " GiB of evidence");
      }
      return read;
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      counted(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      return counted(super.read(into, offset, length));
    }
  }

  /** What must not be taken for the end of data. */
  private static final class TooMuchException extends IOException {
    private static final long serialVersionUID = 1;

    TooMuchException(String message) {
      super(message);
    }
  }

  /**
   * Compressed data that ends early or is damaged, as that of a copy that broke off: what came
   * before is read, and that it ended so is said.
   */
  private final class Salvaged extends FilterInputStream {

    private final String name;
    private final boolean ofArchive;
    private long given;

    /** Of an entry of an archive it is the archive's data that may have ended. */
    Salvaged(String name, InputStream in, boolean ofArchive) {
      super(in);
      this.name = name;
      this.ofArchive = ofArchive;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      try {
        int read = super.read(into, offset, length);
        given += Math.max(0, read);
        return read;
      } catch (IOException e) {
        boolean ended = ofArchive ? salvaged : given > 0;
        if (!ended || e instanceof TooMuchException) {
          throw e;
        }
        if (!ofArchive) {
          salvaged = true;
          texts.infer(name + ": its data ends early or is damaged; what came before is used");
        }
        return -1;
      }
    }
  }

  /** An entry's end is not its archive's. */
  private static final class Unclosed extends FilterInputStream {
    Unclosed(InputStream in) {
      super(in);
    }

    @Override
    public void close() {}
  }
}
