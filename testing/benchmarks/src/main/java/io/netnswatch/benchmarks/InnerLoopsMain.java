package io.netnswatch.benchmarks;

import java.util.Arrays;
import org.openjdk.jmh.Main;

/** JMH with the inner loops. Arguments: a directory it leaves alone, then JMH's own. */
final class InnerLoopsMain {

  private InnerLoopsMain() {}

  public static void main(String[] arguments) throws Exception {
    Main.main(Arrays.copyOfRange(arguments, 1, arguments.length));
  }
}
