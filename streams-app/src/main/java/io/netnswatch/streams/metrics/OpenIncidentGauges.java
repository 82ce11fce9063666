package io.netnswatch.streams.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.IncidentStatus;
import io.netnswatch.schema.KernelVerdict;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.jspecify.annotations.Nullable;

/**
 * How many incidents of each kind are open on the hosts of this instance, and whether their kernels
 * are known to have the bug: so many series as there are kinds and verdicts, however many hosts.
 */
public final class OpenIncidentGauges implements MeterBinder {

  /** All gauges of a scrape read the store once. */
  private static final Duration VALID = Duration.ofSeconds(2);

  private final List<Signature> signatures;
  private final Supplier<List<Incident>> incidents;
  private final InstantSource clock;
  private @Nullable Counted counted;

  private record Counted(Instant at, Map<String, Long> open) {}

  /**
   * One gauge a signature.
   *
   * @param incidents those of this instance; throws InvalidStateStoreException while they can't be
   *     read
   */
  public OpenIncidentGauges(
      List<Signature> signatures, Supplier<List<Incident>> incidents, InstantSource clock) {
    this.signatures = List.copyOf(signatures);
    this.incidents = incidents;
    this.clock = clock;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (Signature signature : signatures) {
      Gauge.builder("netnswatch.open.incidents", this, it -> it.open(signature.id()))
          .description("Open incidents of this instance's hosts; NaN while state is restored")
          .tag("kind", signature.id())
          .tag("severity", signature.severity().name())
          .strongReference(true)
          .register(registry);
      for (KernelVerdict verdict : KernelVerdict.values()) {
        Gauge.builder(
                "netnswatch.open.incidents.by.verdict",
                this,
                it -> it.open(key(signature.id(), verdict)))
            .description("Open incidents by what is known of the host's kernel")
            .tag("kind", signature.id())
            .tag("verdict", verdict.name())
            .strongReference(true)
            .register(registry);
      }
    }
  }

  private static String key(String kind, KernelVerdict verdict) {
    return kind + " " + verdict;
  }

  /** By kind, or by kind and verdict. */
  private synchronized double open(String what) {
    Instant now = clock.instant();
    Counted known = counted;
    if (known == null || known.at().plus(VALID).isBefore(now)) {
      try {
        known = new Counted(now, count(incidents.get()));
        counted = known;
      } catch (InvalidStateStoreException e) {
        return Double.NaN;
      }
    }
    return known.open().getOrDefault(what, 0L);
  }

  private static Map<String, Long> count(List<Incident> incidents) {
    return incidents.stream()
        .filter(it -> it.getStatus() != IncidentStatus.RESOLVED)
        .flatMap(it -> Stream.of(it.getKind(), key(it.getKind(), it.getKernelVerdict())))
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }
}
