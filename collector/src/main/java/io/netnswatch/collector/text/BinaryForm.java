package io.netnswatch.collector.text;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Files that can't be read as they are, by their first bytes, and how to make texts of them. */
enum BinaryForm {
  PERF_DATA("PERFILE2", "perf's own file; make a text of it: perf script --header -i FILE"),
  ZSTD("(\u00b5/\u00fd", "compressed with zstd; unpack it first: zstd -d FILE"),
  LZ4("\u0004\"M\u0018", "compressed with lz4; unpack it first: lz4 -d FILE"),
  SEVEN_ZIP("7z\u00bc\u00af'\u001c", "a 7z archive; unpack it first: 7z x FILE"),
  RAR("Rar!\u001a\u0007", "a rar archive; unpack it first: unrar x FILE"),
  JOURNAL("LPKSHHRH", "systemd's journal; make a text of it: journalctl -k --file FILE"),
  KDUMP("KDUMP   ", BinaryForm.DUMP),
  DISKDUMP("DISKDUMP", BinaryForm.DUMP),
  ELF(
      "\u007fELF",
      "a program or a dump; of a dump of the kernel (vmcore) crash gives texts (log, bt -a)"),
  PNG("\u0089PNG", "a picture; its text is needed"),
  JPEG("\u00ff\u00d8\u00ff", "a picture; its text is needed"),
  PDF("%PDF-", "a PDF; its text is needed: pdftotext -layout FILE"),
  GZIP("\u001f\u008b", BinaryForm.DEEP),
  XZ("\u00fd7zXZ", BinaryForm.DEEP),
  BZIP2("BZh", BinaryForm.DEEP),
  ZIP("PK\u0003\u0004", BinaryForm.DEEP),
  PCAP("\u00d4\u00c3\u00b2\u00a1", "a packet capture, which says nothing of namespaces");

  private static final String DUMP =
      "a dump of the kernel; its log, stacks and tasks are texts of crash (log, bt -a)";

  /** Those are opened, up to a depth. */
  private static final String DEEP =
      "compressed, too deep in archives of archives; unpack those around it first";

  private final String magic;
  private final String words;

  BinaryForm(String magic, String words) {
    this.magic = magic;
    this.words = words;
  }

  /** What it is and what to do with it, for people. */
  String words() {
    return words;
  }

  /** What a file is that begins so; null if it is none of these. */
  static @Nullable BinaryForm of(byte[] first) {
    String bytes = new String(first, StandardCharsets.ISO_8859_1);
    for (BinaryForm form : values()) {
      if (bytes.startsWith(form.magic)) {
        return form;
      }
    }
    return null;
  }
}
