package io.netnswatch.collector.proc;

import org.jspecify.annotations.Nullable;

/** Which network namespace is the initial one. It is never deleted. */
public final class InitialNamespace {

  /** PROC_NET_INIT_INO (include/linux/proc_ns.h), where the kernel fixes it. */
  private static final long FIXED_INODE = 0xEFFFFFF9L;

  /** PROC_DYNAMIC_FIRST: numbers are given from here on, to the initial one early at boot. */
  private static final long FIRST_INODE = 0xF0000000L;

  /**
   * Seen: 4026531840 to 4026532008, on 3.10 to 6.18; namespaces of containers begin above
   * 4026532100.
   */
  private static final long EARLY_INODES = 200;

  private static final int INIT = 1;

  /** kthreadd: kernel threads live in the initial namespace. */
  private static final int KTHREADD = 2;

  private InitialNamespace() {}

  /**
   * Whether an inode is its: that of pid 1 or of kernel threads where they may be read, otherwise
   * by its number.
   */
  static boolean is(ProcFiles files, long inode) {
    for (int pid : new int[] {KTHREADD, INIT}) {
      Long of = Namespaces.netInode(files, pid);
      if (of != null) {
        return of == inode;
      }
    }
    return isByNumber(inode);
  }

  /** By its number alone, as in recordings. */
  public static boolean isByNumber(@Nullable Long inode) {
    return inode != null
        && (inode == FIXED_INODE || (inode >= FIRST_INODE && inode < FIRST_INODE + EARLY_INODES));
  }
}
