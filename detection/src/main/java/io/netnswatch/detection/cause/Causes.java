package io.netnswatch.detection.cause;

import io.netnswatch.detection.signature.KernelRule;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.Signatures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The known causes. */
public final class Causes {

  private static final List<String> SHIPPED =
      List.of(
          "backlog-flush",
          "can-j1939-references",
          "cleanup-batch",
          "conntrack-deferred-skb-references",
          "conntrack-fragment-references",
          "conntrack-hash-resize",
          "conntrack-leaked-references",
          "conntrack-module-unload",
          "cpu-hotplug-lock",
          "creation-init",
          "creation-undo",
          "device-reference-leak",
          "devlink-iteration",
          "devlink-reload",
          "host-table-walk",
          "ipfrag-eviction",
          "ipvs-connection-flush",
          "l2tp-tunnels",
          "linkwatch-walk",
          "many-devices",
          "memory-reclaim",
          "nf-tables-destroy",
          "nsid-unhash",
          "openvswitch-mutex",
          "pernet-lock-held",
          "pernet-writer-queued",
          "proc-entry-in-use",
          "rcu-grace-period",
          "rdma-device",
          "rtnl-contention",
          "rtnl-held",
          "rtnl-runtime-resume",
          "rtnl-self-deadlock",
          "rxrpc-outstanding-calls",
          "softirq-load",
          "spin-lock-held",
          "sunrpc-exit",
          "sysfs-in-use",
          "task-died",
          "tcp-exit-batch-mutex",
          "timewait-purge",
          "tipc-work-counter",
          "tipc-work-flush",
          "wireguard-destruct",
          "wireguard-rtnl",
          "wireless-rtnl");

  private Causes() {}

  /** The shipped files, read once. */
  private static final class Shipped {
    static final List<Cause> FILES =
        SHIPPED.stream().map(id -> CauseYaml.resource(id + ".yaml", Cause.class)).toList();
  }

  /** The causes that come with netnswatch. */
  public static List<Cause> shipped() {
    return shippedAnd(List.of());
  }

  /**
   * The shipped causes and a user's own; one of the same id takes the shipped one's place.
   *
   * @throws IllegalArgumentException if they don't fit together; the message says why
   */
  public static List<Cause> shippedAnd(List<Cause> own) {
    Map<String, Cause> byId = new LinkedHashMap<>();
    Shipped.FILES.forEach(cause -> byId.put(cause.id(), cause));
    for (Cause cause : own) {
      Expect.that(
          own.stream().filter(it -> it.id().equals(cause.id())).count() == 1,
          "cause " + cause.id() + " is there twice");
      byId.put(cause.id(), cause);
    }
    List<Signature> signatures = Signatures.shipped();
    List<Cause> complete = new ArrayList<>();
    for (Cause cause : byId.values()) {
      complete.add(withRules(cause, signatures));
    }
    return List.copyOf(complete);
  }

  /**
   * Reads one cause.
   *
   * @param name where it comes from, for the error message
   * @throws IllegalArgumentException naming the place and what is wrong
   */
  public static Cause parse(String name, String yaml) {
    return CauseYaml.parse("cause " + name, yaml, Cause.class);
  }

  private static Cause withRules(Cause cause, List<Signature> signatures) {
    String name = cause.kernels().sameAs();
    if (name == null) {
      return cause;
    }
    List<KernelRule> rules =
        signatures.stream()
            .filter(signature -> signature.id().equals(name))
            .map(Signature::kernels)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "cause " + cause.id() + ": kernels.same_as names no signature: " + name));
    return cause.withRules(rules);
  }
}
