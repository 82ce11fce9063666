package io.netnswatch.collector.text;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Looks at a tar's headers before its reader does: a name may be an entry of its own (GNU's L and
 * K, PAX's x and g) of whatever length, and the reader keeps it whole in memory.
 */
public final class TarGuard extends FilterInputStream {

  private static final int BLOCK = 512;
  private static final int MAX_NAME_BYTES = 64 << 10;
  private static final String LONG_NAMES = "LKxgX";

  private final byte[] header = new byte[BLOCK];
  private int inHeader;
  private long skip;
  private boolean extended;

  /** Guards a tar from its beginning. */
  public TarGuard(InputStream tar) {
    super(tar);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int read = read(one, 0, 1);
    return read < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int read = super.read(into, offset, length);
    for (int at = 0; at < read; ) {
      if (skip > 0) {
        int skipped = (int) Math.min(skip, read - at);
        skip -= skipped;
        at += skipped;
      } else {
        int taken = Math.min(BLOCK - inHeader, read - at);
        System.arraycopy(into, offset + at, header, inHeader, taken);
        inHeader += taken;
        at += taken;
        if (inHeader == BLOCK) {
          inHeader = 0;
          header();
        }
      }
    }
    return read;
  }

  @Override
  public long skip(long count) throws IOException {
    byte[] dropped = new byte[(int) Math.min(Math.max(count, 0), 1 << 16)];
    return dropped.length == 0 ? 0 : Math.max(0, read(dropped, 0, dropped.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void header() throws IOException {
    if (extended) {
      extended = header[504] != 0; // GNU's map of a sparse file goes on
      return;
    }
    if (header[0] == 0) {
      return; // a block of zeros: the end
    }
    char type = (char) (header[156] & 0xff);
    long size = size();
    if (size < 0) {
      throw new IOException("damaged tar: an entry of negative size");
    }
    if (LONG_NAMES.indexOf(type) >= 0 && size > MAX_NAME_BYTES) {
      throw new IOException("a name in the tar has " + size + " bytes");
    }
    extended = type == 'S' && header[482] != 0;
    boolean holdsData = "12345".indexOf(type) < 0;
    skip = holdsData ? (size + BLOCK - 1) / BLOCK * BLOCK : 0;
  }

  /** Octal, or binary where the first bit is set. */
  private long size() {
    long size = 0;
    if ((header[124] & 0x80) != 0) {
      for (int i = 128; i < 136; i++) {
        size = size << 8 | (header[i] & 0xff);
      }
      return size;
    }
    for (int i = 124; i < 136; i++) {
      int digit = header[i];
      if (digit >= '0' && digit <= '7') {
        size = size << 3 | (digit - '0');
      } else if (digit != ' ' && digit != 0) {
        return -1;
      }
    }
    return size;
  }
}
