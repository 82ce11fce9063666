package io.netnswatch.simulator;

import io.netnswatch.schema.SymbolSamples;
import java.util.List;

/**
 * What else ran in a slice; shared by many slices of many hosts.
 *
 * @param symbols most samples first
 * @param samples theirs
 * @param omitted symbols left out because of the limit
 */
record Background(List<SymbolSamples> symbols, long samples, int omitted) {
  Background {
    symbols = List.copyOf(symbols);
  }
}
