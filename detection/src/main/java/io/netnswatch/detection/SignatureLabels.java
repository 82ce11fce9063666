package io.netnswatch.detection;

import io.netnswatch.detection.signature.Signature;
import io.netnswatch.schema.Severity;

/**
 * What an incident needs of its signature to be resolved when the detector has that no more.
 *
 * @param version the signature's version
 * @param severity how bad it is
 * @param component what it concerns
 * @param incidentClass its class
 * @param headline what it is, in few words
 * @param runbook its page: a file name, or an absolute http(s) URL
 */
public record SignatureLabels(
    String version,
    Severity severity,
    String component,
    String incidentClass,
    String headline,
    String runbook) {

  static SignatureLabels of(Signature signature) {
    return new SignatureLabels(
        signature.version(),
        signature.severity(),
        signature.component(),
        signature.incidentClass(),
        signature.headline(),
        signature.runbook());
  }
}
