package io.netnswatch.detection.evidence;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is kept when observations are merged: always the greatest by a total order, so that merging
 * is commutative, associative and idempotent.
 */
final class Merge {

  static final Comparator<@Nullable String> TEXT = Comparator.nullsFirst(Comparator.naturalOrder());
  static final Comparator<@Nullable Integer> NUMBER =
      Comparator.nullsFirst(Comparator.naturalOrder());
  static final Comparator<@Nullable SourceRef> EARLIEST_SOURCE =
      Comparator.nullsFirst(Comparator.reverseOrder());

  private Merge() {}

  /** The greater of two that may be absent. */
  static <T> @Nullable T greater(@Nullable T a, @Nullable T b, Comparator<? super T> order) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return order.compare(a, b) >= 0 ? a : b;
  }

  /** The greatest of each key, of those the greatest few; greatest first. */
  static <T, K> List<T> greatest(
      int few, List<T> a, List<T> b, Function<T, K> key, Comparator<? super T> order) {
    if (a.size() + b.size() <= 1) {
      return a.isEmpty() ? b : a;
    }
    Map<K, T> byKey = new HashMap<>();
    for (List<T> list : List.of(a, b)) {
      for (T one : list) {
        byKey.merge(key.apply(one), one, (x, y) -> order.compare(x, y) >= 0 ? x : y);
      }
    }
    List<T> all = new ArrayList<>(byKey.values());
    all.sort(order.reversed());
    return List.copyOf(all.size() <= few ? all : all.subList(0, few));
  }
}
