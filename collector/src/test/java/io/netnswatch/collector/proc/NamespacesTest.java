package io.netnswatch.collector.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamespacesTest {

  @TempDir private Path directory;

  @Test
  void countsWhatIsMountedOrInhabitedOnce() throws Exception {
    Path runNetns = Files.createDirectories(directory.resolve("run/netns"));
    Files.createFile(runNetns.resolve("blue"));
    Files.createFile(runNetns.resolve("leftover"));
    ProcTree proc =
        new ProcTree()
            .with(
                "1/mountinfo",
                """
                91 90 0:4 net:[200] %s/blue rw - nsfs nsfs rw
                92 90 0:4 net:[300] /run/docker/netns/1f2e rw - nsfs nsfs rw
                """
                    .formatted(runNetns))
            .withLink("1/ns/net", "net:[100]")
            .withLink("8/ns/net", "net:[200]")
            .withLink("9/ns/net", "net:[200]");

    Namespaces namespaces = Namespaces.read(proc, List.of(1, 8, 9, 10), runNetns);

    assertThat(namespaces.reachable()).hasSize(3);
    assertThat(namespaces.named()).containsOnlyKeys("blue");
    assertThat(namespaces.placeholders()).containsExactly("leftover");
    assertThat(namespaces.inhabited())
        .containsExactly(
            new Namespaces.Inhabited(100, null, 1), new Namespaces.Inhabited(200, "blue", 8));
  }

  @Test
  void hostThatNeverNamedANamespaceHasNoDirectory() throws Exception {
    Namespaces namespaces =
        Namespaces.read(
            new ProcTree().withLink("1/ns/net", "net:[100]"),
            List.of(1),
            directory.resolve("absent"));

    assertThat(namespaces.reachable()).hasSize(1);
    assertThat(namespaces.placeholders()).isEmpty();
  }
}
