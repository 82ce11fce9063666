package io.netnswatch.detection.cause;

import io.netnswatch.detection.signature.Signature.KernelFinding;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who holds namespaces up, by which lock, and which cause that is.
 *
 * @param blocked creations that wait, oldest first
 * @param queued a writer that is queued behind a creation of the chain which has the lock of the
 *     namespaces and waits for rtnl; null if none is seen
 * @param chain who waits for whom, from a blocked creation to the root; empty if nothing was seen
 * @param culprit the task at the root; null if no evidence shows it
 * @param verdict what it is; null if nothing is known of it
 * @param finding whether the kernel has the cause; null where there is none to judge
 * @param missing evidence that would say more, in words, with a command that gets it
 */
public record Diagnosis(
    List<Reading> blocked,
    @Nullable WaitStep queued,
    List<WaitStep> chain,
    @Nullable Reading culprit,
    @Nullable CauseVerdict verdict,
    @Nullable KernelFinding finding,
    List<String> missing) {

  /** At most so many steps. */
  public static final int MAX_STEPS = 8;

  /** Where nobody asks. */
  public static final Diagnosis NOTHING =
      new Diagnosis(List.of(), null, List.of(), null, null, null, List.of());

  public Diagnosis {
    blocked = List.copyOf(blocked);
    chain = List.copyOf(chain);
    missing = List.copyOf(missing);
  }

  /** Whether who holds the others up has died, so that only a reboot ends it. */
  public boolean isOfDead() {
    return culprit != null && culprit.task().isDead();
  }

  /**
   * What holds namespaces up.
   *
   * @param id of the cause's file, or {@code unknown} and what is known of it
   * @param version of the file; 0 where there is none
   * @param headline a few words
   * @param summary what happens
   * @param known whether it is known by name
   * @param endless whether it never ends by itself; null if that is not known
   * @param fix commit and first releases; null if there is none
   * @param cure releases that cure this kernel; null if none is known
   * @param options what an operator can do without a reboot
   * @param tellApart how to tell it from others; null if nothing is to say
   * @param alternatives other causes that the evidence fits as well; of an unknown one, the likely
   *     ones
   */
  public record CauseVerdict(
      String id,
      String version,
      String headline,
      String summary,
      boolean known,
      @Nullable Boolean endless,
      @Nullable String fix,
      @Nullable String cure,
      List<String> options,
      @Nullable String tellApart,
      List<Alternative> alternatives) {

    public CauseVerdict {
      options = List.copyOf(options);
      alternatives = List.copyOf(alternatives);
    }

    /**
     * The same, of tasks of which each waits for the next, and the last for the first.
     *
     * @param sure whether that is seen, and has lasted
     */
    CauseVerdict deadlocked(List<String> tasks, boolean sure) {
      String first = String.join(", ", tasks.subList(0, tasks.size() - 1));
      return new CauseVerdict(
          id,
          version,
          (sure ? "deadlock: " : "") + headline,
          first
              + " and "
              + tasks.get(tasks.size() - 1)
              + (sure
                  ? " wait for each other: that does not end by itself. "
                  : " may wait for each other. ")
              + summary,
          known,
          sure ? Boolean.TRUE : endless,
          fix,
          cure,
          options,
          tellApart,
          alternatives);
    }

    /** The same, with another as an alternative if that is known. */
    CauseVerdict besides(@Nullable CauseVerdict other) {
      if (other == null || !other.known || other.id.equals(id)) {
        return this;
      }
      List<Alternative> all = new ArrayList<>(alternatives);
      all.add(new Alternative(other.id, other.headline));
      return new CauseVerdict(
          id, version, headline, summary, known, endless, fix, cure, options, tellApart, all);
    }
  }

  /**
   * Another cause that it may be.
   *
   * @param id of the cause's file
   * @param headline a few words
   */
  public record Alternative(String id, String headline) {

    static Alternative of(Cause cause) {
      return new Alternative(cause.id(), cause.headline());
    }
  }
}
