package io.netnswatch.pages;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The images, as far as their Dockerfile tells without an engine. */
class DockerfileTest {

  private static final List<String> TARGETS = List.of("collector", "detector", "oncall");

  private final String dockerfile = Repository.text("docker/Dockerfile");

  @Test
  void everyApplicationHasATargetWithHealthCheckLabelsAndBillOfMaterials() {
    for (String target : TARGETS) {
      String stage = dockerfile.substring(dockerfile.indexOf(" AS " + target + "\n"));
      int end = stage.indexOf("\nFROM ");
      stage = end < 0 ? stage : stage.substring(0, end);

      assertThat(stage)
          .contains("HEALTHCHECK ")
          .contains("sbom.cdx.json")
          .contains("org.opencontainers.image.title=\"netnswatch " + target + "\"");
      assertThat(stage.contains("USER 10001:10001")).isEqualTo(!target.equals("collector"));
    }
  }

  @Test
  void basesArePinned() {
    assertThat(all("(?m)^ARG (?:JDK|BASE)=(\\S+)"))
        .hasSize(2)
        .allSatisfy(image -> assertThat(image).matches("[a-z-]+:[0-9][0-9._a-z-]+"));
  }

  /** Nothing but the build's output and files of the checkout; what is ignored can't be copied. */
  @Test
  void whatIsCopiedIsThereOrBuilt() {
    String context = Repository.text(".dockerignore");

    assertThat(all("(?m)^COPY (?!--from)(.+) \\S+$"))
        .flatMap(sources -> List.of(sources.split(" ", -1)))
        .isNotEmpty()
        .allSatisfy(
            source -> {
              if (!source.contains("/target/")) {
                assertThat(Repository.path(source)).exists();
              }
              assertThat(
                      context.lines().filter(it -> it.startsWith("!")).map(it -> it.substring(1)))
                  .anySatisfy(allowed -> assertThat(source).startsWith(allowed));
            });
  }

  @Test
  void entryPointsAreTheLaunchersClasses() {
    Launcher launcher = Launcher.read();

    assertThat(all("\"(io\\.netnswatch\\.[a-zA-Z.]+)\""))
        .contains("io.netnswatch.streams.DetectCommand")
        .allSatisfy(it -> assertThat(launcher.classes()).containsValue(it));
  }

  @Test
  void healthCheckTellsHealthyFromNot() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/live", it -> it.sendResponseHeaders(200, -1));
    server.createContext("/sick", it -> it.sendResponseHeaders(503, -1));
    server.start();
    try {
      String port = Integer.toString(server.getAddress().getPort());

      assertThat(healthCheck(port, "/live")).isZero();
      assertThat(healthCheck(port, "/sick")).isNotZero();
      server.stop(0);
      assertThat(healthCheck(port, "/live")).isNotZero();
    } finally {
      server.stop(0);
    }
  }

  private static int healthCheck(String port, String path) throws Exception {
    return Program.run(Repository.HOME, "docker/healthcheck", port, path).exitCode();
  }

  private List<String> all(String pattern) {
    return Pattern.compile(pattern)
        .matcher(dockerfile)
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }
}
