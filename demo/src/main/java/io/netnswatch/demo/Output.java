package io.netnswatch.demo;

import io.netnswatch.schema.Incident;
import java.util.Collection;

/** What the demo prints on standard output about what it read from the topics. */
sealed interface Output permits JsonOutput, WordOutput {

  /** An incident's step, as read back from the incident topic. */
  void incident(Incident incident);

  /** How all hosts are now. */
  void hosts(Collection<HostStatus> hosts);
}
