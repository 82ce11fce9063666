package io.netnswatch.localcluster;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Main class of every child JVM: runs the main class named by its first argument and ends when its
 * standard input does, that is when the parent is gone, in whatever way it went.
 */
public final class ChildMain {

  private static final int EXIT_LIMIT_SECONDS = 8;

  private ChildMain() {}

  public static void main(String[] args) throws ReflectiveOperationException {
    Thread watch = new Thread(ChildMain::exitWithParent, "exit-with-parent");
    watch.setDaemon(true);
    watch.start();
    Class.forName(args[0])
        .getMethod("main", String[].class)
        .invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
  }

  private static void exitWithParent() {
    try {
      while (System.in.read() >= 0) {
        // the parent sends nothing; only the end matters
      }
    } catch (IOException e) {
      System.err.println("standard input failed, taken as the parent's end: " + e);
    }
    // Shutdown hooks may wait for a broker that has gone with the parent.
    CompletableFuture.delayedExecutor(EXIT_LIMIT_SECONDS, TimeUnit.SECONDS)
        .execute(() -> Runtime.getRuntime().halt(1));
    System.exit(0);
  }
}
