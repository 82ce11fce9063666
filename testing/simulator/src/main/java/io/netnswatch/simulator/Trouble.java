package io.netnswatch.simulator;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who holds the namespaces up, or a look-alike, as one kernel shows it: a row of {@code
 * troubles.tsv}.
 *
 * @param cause id of what the detection knows it as; null for a look-alike
 * @param kernel the kernel whose frames they are
 * @param program who it is; null for the worker of the cleanup
 * @param state one letter: R at one whole CPU, D asleep, X dead of an oops
 * @param creations what becomes of creations meanwhile
 * @param stacks as /proc/PID/stack shows them, or the report of an oops, innermost first
 * @param takenIn where a reference was taken to the device that it waits for, innermost first;
 *     empty if the kernel's log names none
 */
public record Trouble(
    @Nullable String cause,
    SimulatedKernel kernel,
    @Nullable String program,
    String state,
    Creations creations,
    List<List<String>> stacks,
    List<String> takenIn) {

  /** What becomes of creations. */
  public enum Creations {
    /** They wait for the lock of the namespaces. */
    LOCK,
    /** They wait for the rtnl lock. */
    RTNL,
    /** They finish, late. */
    SLOW,
    /** They finish. */
    NOTHING
  }

  private static final String RESOURCE = "troubles.tsv";
  private static final String NONE = "-";
  private static final Span SPINNING_IN_PROC = new Span(0.93, 1.0);
  private static final Span SPINNING_IN_PERF = new Span(0.85, 1.0);

  /** As recorded of the worker, read once a snapshot. */
  private static final double RUNNING_STACK_SHOWN = 0.2;

  public Trouble {
    takenIn = List.copyOf(takenIn);
    stacks = stacks.stream().map(List::copyOf).toList();
    if (stacks.isEmpty() || stacks.stream().anyMatch(List::isEmpty)) {
      throw new IllegalArgumentException("a trouble without a stack: " + cause);
    }
  }

  /** All that are known, in the order of the file. */
  public static List<Trouble> all() {
    try (InputStream in = Trouble.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + RESOURCE);
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      return lines.lines().filter(line -> !line.startsWith("#")).map(Trouble::parse).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("resource " + RESOURCE, e);
    }
  }

  private static Trouble parse(String line) {
    String[] cells = line.split("\t", -1);
    return new Trouble(
        cells[0].equals(NONE) ? null : cells[0],
        SimulatedKernel.of(cells[1]),
        cells[2].equals(NONE) ? null : cells[2],
        cells[3],
        Creations.valueOf(cells[4]),
        Arrays.stream(cells[5].split("\\|", -1)).map(CallPaths::frames).toList(),
        cells.length > 6 ? CallPaths.frames(cells[6]) : List.of());
  }

  /** Whether it runs. */
  public boolean isHot() {
    return state.equals("R");
  }

  Appearance appearance() {
    Appearance shown =
        Appearance.of(creation())
            .waitingForDevice(takenIn)
            .showing(
                new ThreadLook(
                    program,
                    program == null || program.startsWith("kworker"),
                    state,
                    isHot() ? SPINNING_IN_PROC : ThreadLook.ASLEEP,
                    isHot() ? null : stacks.get(0).get(0),
                    stacks,
                    isHot() && program == null ? RUNNING_STACK_SHOWN : 1));
    return isHot()
        ? shown.running(
            new SimulatedHotCode(
                program,
                SPINNING_IN_PERF,
                stacks.stream().map(stack -> new SimulatedHotCode.Path(1, stack)).toList()))
        : shown;
  }

  private Creation creation() {
    return switch (creations) {
      case NOTHING -> Creation.finishes(kernel, 40, 940);
      case SLOW -> Creation.finishes(kernel, 6_000, 25_000);
      case LOCK -> Creation.hangs(kernel);
      case RTNL ->
          new Creation(
              null,
              "rtnl_lock_killable",
              CallPaths.ofCreation(
                  kernel,
                  "rtnl_lock_killable<register_netdev<loopback_net_init<ops_init<setup_net<copy_net_ns"));
    };
  }
}
