package io.netnswatch.benchmarks;

import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.Signatures;
import java.util.List;

/** What a detector looks for unless told otherwise. */
final class Shipped {

  static final List<Signature> SIGNATURES = Signatures.shipped();

  private Shipped() {}
}
