package io.netnswatch.localcluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Collectors and detectors as children, connected to a cluster; as the build left them. */
public final class Children {

  private Children() {}

  /**
   * Starts a detector, named {@code detector}, whose state is in {@code state}.
   *
   * @param directory its log and its state go there
   * @param more further options of {@code netnswatch detect}
   */
  public static ChildJvm detector(LocalCluster cluster, Path directory, String... more)
      throws IOException {
    return start(
        "detector",
        "streams-app",
        "io.netnswatch.streams.DetectCommand",
        ChildOptions.DETECTOR,
        cluster,
        directory,
        "--state-dir=" + directory.resolve("state"),
        more);
  }

  /**
   * Starts a collector, named {@code collector}, whose spool is in {@code spool}.
   *
   * @param directory its log and its spool go there
   * @param more further options of {@code netnswatch collect}
   */
  public static ChildJvm collector(LocalCluster cluster, Path directory, String... more)
      throws IOException {
    return start(
        "collector",
        "collector",
        "io.netnswatch.collector.CollectCommand",
        ChildOptions.COLLECTOR,
        cluster,
        directory,
        "--spool-dir=" + directory.resolve("spool"),
        more);
  }

  private static ChildJvm start(
      String name,
      String module,
      String mainClass,
      List<String> jvmOptions,
      LocalCluster cluster,
      Path directory,
      String files,
      String... more)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--bootstrap-servers=" + cluster.bootstrapServers(),
                "--schema-registry-url=" + cluster.schemaRegistryUrl(),
                files));
    arguments.addAll(List.of(more));
    return ChildJvm.start(
        name, directory, ChildJvm.classPathOf(module), jvmOptions, mainClass, arguments);
  }
}
