package io.netnswatch.collector.perf;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Functions of the kernel by address, from {@code /proc/kallsyms} (kernel/kallsyms.c): lines {@code
 * ffffffff81000000 T name}, with a tab and {@code [module]} for those of modules. 2.3 MiB for the
 * 122,000 functions of a 6.18 kernel. Not thread-safe.
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
  private final int[] positions; // of the names, in the order of the addresses
  private final PackedNames names; // name, or name, tab and module
  private final Map<Integer, Function> met = new HashMap<>();

  private KernelSymbols(long[] addresses, int[] positions, PackedNames names) {
    this.addresses = addresses;
    this.positions = positions;
    this.names = names;
  }

  /** Functions in the order of the file. */
  private static final class Builder {

    private final PackedNames.Builder names = new PackedNames.Builder();
    private long[] addresses = new long[1 << 12];
    private int[] positions = new int[1 << 12];
    private int count;

    void add(long address, byte[] line, int nameBegin, int end) {
      if (count == addresses.length) {
        addresses = Arrays.copyOf(addresses, count + count / 2);
        positions = Arrays.copyOf(positions, addresses.length);
      }
      addresses[count] = address;
      positions[count++] = names.add(line, nameBegin, end);
    }
  }

  /**
   * Reads the file. Lines of data, hidden and malformed ones are passed over.
   *
   * @throws IOException if it can't be read
   */
  static KernelSymbols read(Path kallsyms) throws IOException {
    Builder found = new Builder();
    visit(kallsyms, found);
    return sorted(
        Arrays.copyOf(found.addresses, found.count), found.positions, found.names.build());
  }

  /** Those of modules stand behind the others, in no order. */
  private static KernelSymbols sorted(long[] addresses, int[] positions, PackedNames names) {
    long[] keys = new long[addresses.length];
    Arrays.setAll(keys, i -> addresses[i] ^ Long.MIN_VALUE); // orders unsigned numbers
    Arrays.sort(keys);
    int[] inOrder = new int[keys.length];
    Arrays.fill(inOrder, UNSET);
    for (int i = 0; i < addresses.length; i++) {
      inOrder[Arrays.binarySearch(keys, addresses[i] ^ Long.MIN_VALUE)] = positions[i];
    }
    int kept = 0;
    for (int i = 0; i < keys.length; i++) {
      if (inOrder[i] != UNSET) { // of several names of one address one is set
        keys[kept] = keys[i] ^ Long.MIN_VALUE;
        inOrder[kept++] = inOrder[i];
      }
    }
    return new KernelSymbols(Arrays.copyOf(keys, kept), Arrays.copyOf(inOrder, kept), names);
  }

  private static void visit(Path kallsyms, Builder found) throws IOException {
    byte[] line = new byte[MAX_LINE];
    byte[] chunk = new byte[1 << 14];
    int length = 0;
    try (InputStream in = Files.newInputStream(kallsyms)) {
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        for (int i = 0; i < read; i++) {
          if (chunk[i] != '\n') {
            line[length] = chunk[i];
            length = Math.min(length + 1, MAX_LINE - 1);
            continue;
          }
          if (found.count < MAX_FUNCTIONS) {
            addFunction(line, length, found);
          }
          length = 0;
        }
      }
    }
  }

  private static void addFunction(byte[] line, int length, Builder found) {
    long address = 0;
    int at = 0;
    for (; at < length && at <= 16 && line[at] != ' '; at++) {
      int digit = Character.digit(line[at], 16);
      if (digit < 0) {
        return;
      }
      address = address << 4 | digit;
    }
    if (address != 0 && at + 3 < length && line[at] == ' ' && "tTwW".indexOf(line[at + 1]) >= 0) {
      found.add(address, line, at + 3, length);
    }
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
    String name = names.get(positions[index]);
    int tab = name.indexOf('\t');
    return tab < 0
        ? new Function(name, KERNEL)
        : new Function(name.substring(0, tab), name.substring(tab + 1).strip());
  }
}
