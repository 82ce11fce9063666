package io.netnswatch.collector.text;

import java.util.regex.Pattern;

/**
 * What kubelet and containerd say when a pod's sandbox is not made in time: that is where the
 * network namespace is created, and much else.
 */
final class KubeletText implements TextParser {

  private static final Pattern LATE =
      Pattern.compile(
          "\\b(?:RunPodSandbox|CreatePodSandbox|Failed to create (?:pod )?sandbox)\\b"
              + ".{0,600}\\b(?:DeadlineExceeded|context deadline exceeded)\\b");

  private final Findings findings;
  private int times;

  KubeletText(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean begins(TextLine line) {
    if (!LATE.matcher(line.text()).find()) {
      return false;
    }
    times++;
    findings.used(Format.KUBELET, line.number());
    return true;
  }

  @Override
  public boolean goesOn(TextLine line) {
    return false;
  }

  @Override
  public void end() {}

  /** Tells of all of them: one line alone may be of a busy moment. */
  void tell() {
    if (times > 1) {
      findings.suspicion(
          times
              + " lines of kubelet or its runtime say that a pod's sandbox was not made in time: its"
              + " network namespace is created then, so a creation that hangs looks like this; so"
              + " do slow disks, images and network plugins");
    }
  }
}
