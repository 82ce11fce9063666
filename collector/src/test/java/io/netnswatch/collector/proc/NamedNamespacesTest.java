package io.netnswatch.collector.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.Test;

class NamedNamespacesTest {

  /** By the format of fs/proc_namespace.c; the recordings hold no mountinfo. */
  private static final String MOUNTINFO =
      """
      24 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
      90 60 0:24 /netns /run/netns rw,nosuid shared:5 - tmpfs tmpfs rw
      91 90 0:4 net:[4026532345] /run/netns/blue rw shared:50 - nsfs nsfs rw
      92 60 0:4 net:[4026532345] /run/netns/blue rw shared:50 - nsfs nsfs rw
      93 90 0:4 net:[4026532346] /run/netns/two\\040words rw - nsfs nsfs rw
      94 60 0:4 net:[4026532347] /run/docker/netns/1f2e rw shared:9 - nsfs nsfs rw
      95 60 0:4 mnt:[4026532348] /run/snapd/ns/x.mnt rw - nsfs nsfs rw
      """;

  @Test
  void namesOfTheDirectoryOnly() {
    assertThat(NamedNamespaces.parse(MOUNTINFO, "/run/netns"))
        .containsOnly(entry("blue", 4_026_532_345L), entry("two words", 4_026_532_346L));
  }

  @Test
  void mountedAnywhereEachOnce() {
    assertThat(NamedNamespaces.mounted(MOUNTINFO))
        .containsExactlyInAnyOrder(4_026_532_345L, 4_026_532_346L, 4_026_532_347L);
  }
}
