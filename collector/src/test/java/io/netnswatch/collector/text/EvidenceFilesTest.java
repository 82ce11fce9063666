package io.netnswatch.collector.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceFilesTest {

  private static final byte[] STACK = "[<0>] copy_net_ns+0xc0/0x240\n".getBytes(UTF_8);

  @TempDir private Path folder;
  private final TextEvidence texts = new TextEvidence(Instant.parse("2026-06-01T12:00:00Z"));

  private static byte[] tar(String name, byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
      TarArchiveEntry entry = new TarArchiveEntry(name);
      entry.setSize(content.length);
      tar.putArchiveEntry(entry);
      tar.write(content);
      tar.closeArchiveEntry();
    }
    return bytes.toByteArray();
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    }
    return bytes.toByteArray();
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  /** {@link #STACK}, as zstd 1.5 makes it: nothing here compresses so without its own library. */
  private static final String ZSTD = "KLUv/QRY6QAAWzwwPl0gY29weV9uZXRfbnMrMHhjMC8weDI0MAqfoNgK";

  @Test
  void opensWhatZstdCompressed() throws IOException {
    Path file = file("stack.zst", Base64.getDecoder().decode(ZSTD));

    new EvidenceFiles(texts).read(file);

    assertThat(texts.tasks).hasSize(1);
  }

  @Test
  void opensWhatItIsByItsContent() throws IOException {
    ByteArrayOutputStream xz = new ByteArrayOutputStream();
    try (OutputStream out = new XZCompressorOutputStream(xz)) {
      out.write(tar("sosreport/proc/2909/stack", STACK));
    }
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(zip)) {
      out.putNextEntry(new ZipEntry("must-gather/node.log.gz"));
      out.write(gzip(STACK));
    }
    EvidenceFiles files = new EvidenceFiles(texts);

    files.read(file("a", xz.toByteArray()));
    files.read(file("b", zip.toByteArray()));
    files.read(file("c", gzip(tar("d/e", STACK))));
    files.read(folder);

    assertThat(texts.tasks).hasSize(6);
    assertThat(texts.tasks.getFirst().item().pid()).isEqualTo(2909);
  }

  /** A copy that broke off: what there is of it counts, and that it ended is said. */
  @Test
  void compressedDataThatEndsEarlyIsReadAsFarAsItGoes() throws IOException {
    StringBuilder log = new StringBuilder(new String(STACK, UTF_8));
    Random random = new Random(1);
    for (int i = 0; i < 2_000; i++) {
      log.append("a line of noise ").append(random.nextLong()).append('\n');
    }
    byte[] text = log.toString().getBytes(UTF_8);
    byte[] alone = gzip(text);
    byte[] inTar = gzip(tar("proc/2909/stack", text));

    new EvidenceFiles(texts).read(file("a.gz", Arrays.copyOf(alone, alone.length / 2)));
    new EvidenceFiles(texts).read(file("b.tar.gz", Arrays.copyOf(inTar, inTar.length / 2)));

    assertThat(texts.tasks).hasSize(2);
    assertThat(texts.inferences())
        .satisfiesExactly(
            it -> assertThat(it).contains("a.gz", "ends early"),
            it -> assertThat(it).contains("b.tar.gz", "ends early"));
  }

  @Test
  void dataThatIsDamagedFromTheBeginningIsRefused() throws IOException {
    Path file = file("a.gz", Arrays.copyOf(gzip(STACK), 10));

    assertThatThrownBy(() -> new EvidenceFiles(texts).read(file)).isInstanceOf(IOException.class);
  }

  @Test
  void aNameThatFillsTheMemoryIsRefused() throws IOException {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bomb))) {
      byte[] name = "n".repeat(70_000).getBytes(UTF_8); // the library would take a minute for it
      TarArchiveEntry entry =
          new TarArchiveEntry(TarConstants.GNU_LONGLINK, TarConstants.LF_GNUTYPE_LONGNAME);
      entry.setSize(name.length);
      tar.putArchiveEntry(entry);
      tar.write(name);
      tar.closeArchiveEntry();
    }

    assertThatThrownBy(() -> new EvidenceFiles(texts).read(file("bomb", bomb.toByteArray())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a name in the tar has 7000");
  }

  @Test
  void longNamesAndManyEntriesAreReadAsTheyAre() throws IOException {
    new EvidenceFiles(texts).read(file("long", tar("x/" + "n".repeat(300) + "/stack", STACK)));

    assertThat(texts.tasks).hasSize(1);
  }

  @Test
  void whatIsNoTextIsSaidToBeNone() throws IOException {
    byte[] noise = new byte[100_000];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (byte) ((i * 31) >> 3);
    }
    new EvidenceFiles(texts).read(file("noise", noise));

    assertThat(texts.documents().get(0).isBinary()).isTrue();
    assertThat(texts.recognisedNothing()).isTrue();
  }

  /** They show files of this machine, in the name of the one that the folder is of. */
  @Test
  void linksThatLeadOutOfTheFolderAreNotFollowed() throws IOException {
    Path outside = Files.write(folder.resolve("outside"), STACK);
    Path inside = Files.createDirectory(folder.resolve("inside"));
    Files.write(inside.resolve("a"), STACK);
    Files.createSymbolicLink(inside.resolve("link-in"), Path.of("a"));
    Files.createSymbolicLink(inside.resolve("link-out"), outside);

    new EvidenceFiles(texts).read(inside);

    assertThat(texts.tasks).hasSize(2);
    assertThat(texts.inferences()).anyMatch(it -> it.contains("a link leads out of the folder"));
  }

  @Test
  void whatANameWouldDoToATerminalIsLeftOut() throws IOException {
    new EvidenceFiles(texts).read(file("a", gzip(tar("b\u001b[31m\nc\u202e", STACK))));

    assertThat(texts.documents())
        .singleElement()
        .satisfies(document -> assertThat(document.name()).endsWith("!b?[31m?c?"));
  }

  @Test
  void archivesOfArchivesAreOpenedUpToADepth() throws IOException {
    byte[] four = STACK;
    for (int i = 0; i < 4; i++) {
      four = gzip(tar("a", four));
    }
    byte[] many = STACK;
    for (int i = 0; i < 20; i++) {
      many = gzip(many);
    }

    new EvidenceFiles(texts).read(file("four", four));
    new EvidenceFiles(texts).read(file("many", many));

    assertThat(texts.tasks).hasSize(1);
    assertThat(texts.documents().get(1).binaryForm()).contains("too deep", "unpack");
  }

  @Test
  void whatCanBeMadeATextOfIsSaid() throws IOException {
    byte[] perf = Arrays.copyOf("PERFILE2".getBytes(UTF_8), 4_096);

    new EvidenceFiles(texts).read(file("perf.data", perf));

    assertThat(texts.documents().get(0).isBinary()).isTrue();
    assertThat(texts.documents().get(0).binaryForm()).contains("perf script");
  }
}
