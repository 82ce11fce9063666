package io.netnswatch.collector.perf;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Functions of the kernel by address, from {@code /proc/kallsyms} (kernel/kallsyms.c): lines {@code
 * ffffffff81000000 T name}, with a tab and {@code [module]} for those of modules. Held as arrays,
 * some 2 MiB for the 60,000 functions of a kernel. Not thread-safe.
 */
final class KernelSymbols {

  /** Object of a function that belongs to no module, as perf calls it. */
  static final String KERNEL = "[kernel.kallsyms]";

  static final Function UNKNOWN = new Function("[unknown]", null);

  /** No function is longer; an address that far behind one is in none that is known. */
  private static final long MAX_FUNCTION_BYTES = 1 << 18;

  private static final int MAX_FUNCTIONS = 1 << 19;
  private static final int MAX_LINE = 512;
  private static final int UNSET = -1;

  /** A function and the object it belongs to. */
  record Function(String name, @Nullable String module) {}

  private final long[] addresses; // ascending, as unsigned numbers
  private final int[] begins; // of the name in the text, in the order of the addresses
  private final byte[] text; // name, or name, tab and module; each ends with a newline
  private final Map<Integer, Function> met = new HashMap<>();

  private KernelSymbols(long[] addresses, int[] begins, byte[] text) {
    this.addresses = addresses;
    this.begins = begins;
    this.text = text;
  }

  /** Takes in the function of one line. */
  @FunctionalInterface
  private interface Visitor {
    void function(long address, byte[] line, int nameBegin, int end);
  }

  /**
   * Reads the file, twice: to measure, and to keep. Lines of data, hidden and malformed ones are
   * passed over.
   *
   * @throws IOException if it can't be read
   */
  static KernelSymbols read(Path kallsyms) throws IOException {
    int[] size = new int[2];
    visit(
        kallsyms,
        (address, line, begin, end) -> {
          size[0]++;
          size[1] += end - begin + 1;
        });
    long[] addresses = new long[size[0]];
    int[] begins = new int[size[0]];
    byte[] text = new byte[size[1]];
    int[] at = new int[2];
    visit(
        kallsyms,
        (address, line, begin, end) -> {
          int length = end - begin;
          if (at[0] < size[0] && at[1] + length < size[1]) { // a module may have come meanwhile
            addresses[at[0]] = address;
            begins[at[0]++] = at[1];
            System.arraycopy(line, begin, text, at[1], length);
            at[1] += length;
            text[at[1]++] = '\n';
          }
        });
    return sorted(Arrays.copyOf(addresses, at[0]), begins, text);
  }

  /** Those of modules stand behind the others, in no order. */
  private static KernelSymbols sorted(long[] addresses, int[] begins, byte[] text) {
    long[] keys = new long[addresses.length];
    Arrays.setAll(keys, i -> addresses[i] ^ Long.MIN_VALUE); // orders unsigned numbers
    Arrays.sort(keys);
    int[] inOrder = new int[keys.length];
    Arrays.fill(inOrder, UNSET);
    for (int i = 0; i < addresses.length; i++) {
      inOrder[Arrays.binarySearch(keys, addresses[i] ^ Long.MIN_VALUE)] = begins[i];
    }
    int kept = 0;
    for (int i = 0; i < keys.length; i++) {
      if (inOrder[i] != UNSET) { // of several names of one address one is set
        keys[kept] = keys[i] ^ Long.MIN_VALUE;
        inOrder[kept++] = inOrder[i];
      }
    }
    return new KernelSymbols(Arrays.copyOf(keys, kept), Arrays.copyOf(inOrder, kept), text);
  }

  private static void visit(Path kallsyms, Visitor visitor) throws IOException {
    byte[] line = new byte[MAX_LINE];
    byte[] chunk = new byte[1 << 14];
    int length = 0;
    int functions = 0;
    try (InputStream in = Files.newInputStream(kallsyms)) {
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        for (int i = 0; i < read; i++) {
          if (chunk[i] != '\n') {
            line[length] = chunk[i];
            length = Math.min(length + 1, MAX_LINE - 1);
            continue;
          }
          if (functions < MAX_FUNCTIONS && visit(line, length, visitor)) {
            functions++;
          }
          length = 0;
        }
      }
    }
  }

  private static boolean visit(byte[] line, int length, Visitor visitor) {
    long address = 0;
    int at = 0;
    for (; at < length && at <= 16 && line[at] != ' '; at++) {
      int digit = Character.digit(line[at], 16);
      if (digit < 0) {
        return false;
      }
      address = address << 4 | digit;
    }
    boolean function =
        address != 0 && at + 3 < length && line[at] == ' ' && "tTwW".indexOf(line[at + 1]) >= 0;
    if (function) {
      visitor.function(address, line, at + 3, length);
    }
    return function;
  }

  /** How many functions are known; 0 if the kernel hides its addresses. */
  int size() {
    return addresses.length;
  }

  /** The function at an address, or {@link #UNKNOWN}. */
  Function at(long address) {
    int low = 0;
    int high = addresses.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(addresses[middle], address) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    int index = low - 1;
    if (index < 0 || address - addresses[index] >= MAX_FUNCTION_BYTES) {
      return UNKNOWN;
    }
    return met.computeIfAbsent(index, this::function);
  }

  private Function function(int index) {
    int begin = begins[index];
    int end = begin;
    while (text[end] != '\n') {
      end++;
    }
    String name = new String(text, begin, end - begin, StandardCharsets.UTF_8);
    int tab = name.indexOf('\t');
    return tab < 0
        ? new Function(name, KERNEL)
        : new Function(name.substring(0, tab), name.substring(tab + 1).strip());
  }
}
