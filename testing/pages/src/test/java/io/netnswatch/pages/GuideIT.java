package io.netnswatch.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netnswatch.localcluster.LocalCluster;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of the guide and of the two pages that go on from it, as a shell runs them, in their
 * order, against a broker and a registry of this machine.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GuideIT {

  private static final long LIMIT_SECONDS = 120;

  @TempDir private static Path folder;

  private static @Nullable LocalCluster cluster;
  private static final Deque<Process> services = new ArrayDeque<>();
  private static Map<String, String> environment = Map.of();

  /** What the pages say, and what is said here instead: ports that are free. */
  private static Map<String, String> instead = Map.of();

  @BeforeAll
  static void start() throws Exception {
    for (String program : List.of("curl", "kcat", "promtool", "ip")) {
      assumeTrue(Program.isInstalled(program), program + " is not installed");
    }
    jarsAreUpToDate();
    LocalCluster started = LocalCluster.start(Files.createDirectory(folder.resolve("cluster")));
    cluster = started;
    String detector = "127.0.0.1:" + freePort();
    int collector = freePort();
    instead =
        Map.of(
            "127.0.0.1:8480", detector,
            "127.0.0.1:9465", "127.0.0.1:" + collector,
            "netnswatch collect ", "netnswatch collect --http=127.0.0.1:" + collector + " ");
    environment =
        Map.of(
            "PATH",
            Repository.HOME.toAbsolutePath() + File.pathSeparator + System.getenv("PATH"),
            "HOME_OF_NETNSWATCH",
            Repository.HOME.toAbsolutePath().toString(),
            "KAFKA",
            started.bootstrapServers(),
            "REGISTRY",
            started.schemaRegistryUrl(),
            "REPLICAS",
            "1",
            "JAVA_TOOL_OPTIONS",
            "-XX:TieredStopAtLevel=1",
            "NETNSWATCH_HTTP",
            detector,
            "NETNSWATCH_STATE_DIR",
            folder.resolve("state").toString());
  }

  @AfterAll
  static void stop() throws Exception {
    while (!services.isEmpty()) {
      Process service = services.pop();
      service.destroy();
      if (!service.waitFor(20, TimeUnit.SECONDS)) {
        service.destroyForcibly().waitFor();
      }
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  @Order(1)
  void guide() throws Exception {
    run("docs/guide.md");
  }

  @Test
  @Order(2)
  void operations() throws Exception {
    run("docs/operations.md");
  }

  @Test
  @Order(3)
  void troubleshooting() throws Exception {
    run("docs/troubleshooting.md");
  }

  private static void run(String path) throws Exception {
    assertThat(environment).as("what starts before").isNotEmpty();
    for (Page.Block block : Page.read(path).blocks()) {
      if (block.language().equals("sh service")) {
        services.push(shell("exec " + block.text()));
      } else if (block.language().equals("sh")) {
        Process shell = shell(block.text());
        boolean ended = shell.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
          shell.descendants().forEach(ProcessHandle::destroyForcibly);
          shell.destroyForcibly();
        }
        assertThat(ended && shell.exitValue() == 0)
            .as("%s\n%s\n%s", path, block.text(), log())
            .isTrue();
      }
    }
  }

  private static Process shell(String script) throws IOException {
    String text = script;
    for (Map.Entry<String, String> one : instead.entrySet()) {
      text = text.replace(one.getKey(), one.getValue());
    }
    ProcessBuilder shell =
        new ProcessBuilder("bash", "-euo", "pipefail", "-c", text)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
    shell.environment().putAll(environment);
    return shell.start();
  }

  private static String log() throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("log"));
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
  }

  /** This build has just made the jars, so the launcher need not make them again. */
  private static void jarsAreUpToDate() throws IOException {
    FileTime now = FileTime.from(Instant.now());
    for (String module : List.of("collector", "streams-app", "replay", "console", "oncall")) {
      try (var files = Files.list(Repository.path(module + "/target"))) {
        for (Path jar : files.filter(it -> it.toString().endsWith("-SNAPSHOT.jar")).toList()) {
          Files.setLastModifiedTime(jar, now);
        }
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
