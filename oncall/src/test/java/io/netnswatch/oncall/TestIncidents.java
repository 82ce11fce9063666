package io.netnswatch.oncall;

import io.netnswatch.schema.Cause;
import io.netnswatch.schema.Confidence;
import io.netnswatch.schema.EventAction;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.IncidentStatus;
import io.netnswatch.schema.KernelVerdict;
import io.netnswatch.schema.Resolution;
import io.netnswatch.schema.Severity;
import java.time.Instant;
import java.util.List;

/** Incidents as the detector publishes them. */
public final class TestIncidents {

  public static final String KIND = "netns-cleanup-livelock";
  public static final String KERNEL = "5.10.0-8-amd64";

  private TestIncidents() {}

  /** The first step of an incident. */
  public static Incident opened(String host, Instant startedAt) {
    String key = KIND + "/" + host + "/" + startedAt;
    return Incident.newBuilder()
        .setIncidentKey(key)
        .setEventId(key + "#0")
        .setEventAction(EventAction.TRIGGER)
        .setKind(KIND)
        .setSeverity(Severity.CRITICAL)
        .setConfidence(Confidence.CONFIRMED)
        .setStatus(IncidentStatus.OPEN)
        .setTitle("Namespace cleanup on " + host + " spins for ever")
        .setDescription("One kworker at 100 %.\nReboot the host.")
        .setHost(host)
        .setBootId("boot-of-" + host)
        .setComponent("kernel/net_namespace")
        .setIncidentClass("kernel-livelock")
        .setIncidentGroup(KIND + "/" + KERNEL)
        .setStartedAt(startedAt)
        .setDetectedAt(startedAt.plusSeconds(10))
        .setUpdatedAt(startedAt.plusSeconds(10))
        .setRuleId(KIND)
        .setRuleVersion("1")
        .setDetectorVersion("0.1.0")
        .setRunbookUrl("https://runbooks.example.org/netns-cleanup-livelock.md")
        .setKernelRelease(KERNEL)
        .setKernelVerdict(KernelVerdict.AFFECTED)
        .setKernelVerdictReason("before 5.10.70")
        .setKernelCure("5.10.70")
        .setMissing(List.of())
        .setEvidence(List.of())
        .build();
  }

  /** The same, with a known cause. */
  public static Incident caused(Incident incident, String causeId) {
    return Incident.newBuilder(incident)
        .setCause(
            Cause.newBuilder()
                .setCauseId(causeId)
                .setCauseVersion("1")
                .setSummary("References on conntrack entries keep fragment queues alive.")
                .setKnown(true)
                .setFix("b5c5d7ef, 4.17")
                .setOptions(List.of("Unload nf_defrag_ipv6."))
                .build())
        .build();
  }

  /** The same, with signs of health. */
  public static Incident recovering(Incident incident, Instant at) {
    return Incident.newBuilder(incident)
        .setEventAction(EventAction.UPDATE)
        .setStatus(IncidentStatus.RECOVERING)
        .setUpdatedAt(at)
        .build();
  }

  /** Its end. */
  public static Incident resolved(Incident incident, Instant at) {
    return Incident.newBuilder(incident)
        .setEventAction(EventAction.RESOLVE)
        .setStatus(IncidentStatus.RESOLVED)
        .setResolution(Resolution.RECOVERED)
        .setUpdatedAt(at)
        .setEndedAt(at)
        .build();
  }
}
