package io.netnswatch.detection;

import java.util.Arrays;

/**
 * What time it is in a partition: the upper median of what its hosts said last. One word a host,
 * for who says a lot does not know better. Fewer than half may be fast, and half have died.
 *
 * <p>By it times are limited, so that no host's clock, however fast, holds up or hurries what
 * others say. Who was there first stays a witness for as long as he speaks: hosts that are invented
 * later, however many, do not outvote him.
 */
public final class PartitionPresent {

  private static final long NANOS_OF_MS = 1_000_000;

  /** The year 2116: so far a clock is taken at its word, and nanoseconds do not overflow. */
  private static final long LATEST_MS = Long.MAX_VALUE / NANOS_OF_MS / 2;

  private static final int MAX_WITNESSES = 31;

  /** How often it is looked whether it is later, or earlier, than was thought. */
  private static final int RENEWED_AFTER = 16;

  /** What earlier runs knew counts as two hosts for the first records; then they have spoken. */
  private static final int SEED_COUNTS_FOR = 3;

  private final long leadMs;
  private final int patience;
  private final int patiencePerWitness;
  private final boolean seeded;
  private final long seedMs;
  private final int[] hosts = new int[MAX_WITNESSES];
  private final long[] latest = new long[MAX_WITNESSES];
  private final long[] saidAt = new long[MAX_WITNESSES];
  private long records;
  private int witnesses;
  private long presentMs = Long.MIN_VALUE;

  /**
   * Before the first record.
   *
   * @param earlierMs what earlier runs knew, epoch milliseconds; -1 if they knew nothing
   * @param leadMs how far a host may be ahead and still be believed, milliseconds
   * @param patience after how many records at least a witness that has not spoken no longer counts:
   *     he may have died
   * @param patiencePerWitness the same, for each witness there is
   */
  public PartitionPresent(long earlierMs, long leadMs, int patience, int patiencePerWitness) {
    this.seedMs = possible(earlierMs);
    this.seeded = earlierMs >= 0;
    this.leadMs = leadMs;
    this.patience = patience;
    this.patiencePerWitness = patiencePerWitness;
  }

  /**
   * What a host says is the time, limited; others are limited by it from now on.
   *
   * @param host hash of its name
   * @param timeMs epoch milliseconds
   */
  public long limit(int host, long timeMs) {
    return limitNanos(host, timeMs) / NANOS_OF_MS;
  }

  /**
   * The same to the nanosecond. Beyond the lead a millisecond counts as one, so that those who are
   * taken to be ahead, for the others have fallen silent, stay in order.
   *
   * @return nanoseconds since the epoch
   */
  public long limitNanos(int host, long timeMs) {
    long saidMs = possible(timeMs);
    records++;
    hear(host, saidMs);
    if (saidMs - leadMs > presentMs || isNew() || records % RENEWED_AFTER == 0) {
      presentMs = median();
    }
    return believedNanos(saidMs);
  }

  private static long possible(long timeMs) {
    return Math.max(-LATEST_MS, Math.min(timeMs, LATEST_MS));
  }

  /** What a host says is the time, limited; it is no witness. */
  long believed(long timeMs) {
    return believedNanos(possible(timeMs)) / NANOS_OF_MS;
  }

  private long believedNanos(long timeMs) {
    long beyondMs = timeMs - leadMs - presentMs;
    return beyondMs <= 0 || !isKnown()
        ? timeMs * NANOS_OF_MS
        : (presentMs + leadMs) * NANOS_OF_MS + Math.min(beyondMs, maxBeyondMs() * NANOS_OF_MS);
  }

  /** Whether there is a witness. */
  boolean isKnown() {
    return presentMs != Long.MIN_VALUE;
  }

  /** What most hosts said last, epoch milliseconds. */
  long timeMs() {
    return presentMs;
  }

  /** Later than that nobody is believed, epoch milliseconds. */
  long latestMs() {
    return presentMs + leadMs + maxBeyondMs();
  }

  /** Whether whoever spoke first may not have been outvoted yet. */
  boolean isNew() {
    return !seeded && records <= patience;
  }

  private long maxBeyondMs() {
    return leadMs / 3;
  }

  /** A host becomes a witness where there is room, or one has fallen silent. */
  private void hear(int host, long timeMs) {
    int place = -1;
    for (int i = 0; i < witnesses; i++) {
      if (hosts[i] == host) {
        place = i;
        break;
      }
      if (place < 0 && !counts(i)) {
        place = i;
      }
    }
    if (place < 0 && witnesses < MAX_WITNESSES) {
      place = witnesses++;
    }
    if (place >= 0) {
      hosts[place] = host;
      latest[place] = timeMs;
      saidAt[place] = records;
    }
  }

  private boolean counts(int witness) {
    return records - saidAt[witness] <= Math.max(patience, patiencePerWitness * witnesses);
  }

  private long median() {
    long[] sorted = new long[MAX_WITNESSES + 2];
    int counting = 0;
    for (int i = 0; i < witnesses; i++) {
      if (counts(i)) {
        sorted[counting++] = latest[i];
      }
    }
    if (seeded && records <= SEED_COUNTS_FOR) {
      sorted[counting++] = seedMs;
      sorted[counting++] = seedMs;
    }
    Arrays.sort(sorted, 0, counting);
    return sorted[counting / 2];
  }
}
