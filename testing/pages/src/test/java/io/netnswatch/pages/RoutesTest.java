package io.netnswatch.pages;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.netnswatch.oncall.config.RoutesFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The routes that images and manifests bring are such as {@code oncall} reads. */
class RoutesTest {

  @TempDir private Path folder;

  @Test
  void ofTheGuide() {
    String guide = Repository.text("docs/guide.md");
    List<String> secrets =
        Pattern.compile("(?m)^ +[a-z][^#\n]*\\$\\{env:(\\w+)}")
            .matcher(Repository.text("oncall/src/main/config/routes.yaml"))
            .results()
            .map(it -> it.group(1))
            .toList();

    assertThat(secrets).isNotEmpty();
    assertThat(secrets.stream().filter(name -> !guide.contains(name + "=")))
        .as("in oncall/src/main/config/routes.yaml, and not set where docs/guide.md checks it")
        .isEmpty();
  }

  @Test
  void ofTheStack() throws IOException {
    assertThat(RoutesFile.read(Repository.path("docker/oncall/routes.yaml")).targets())
        .containsOnlyKeys("alertmanager");
  }

  @Test
  void ofKubernetes() throws IOException {
    JsonNode routes =
        Yaml.documents(Repository.text("kubernetes/configuration.yaml")).stream()
            .map(it -> it.at("/data/routes.yaml"))
            .filter(JsonNode::isTextual)
            .findFirst()
            .orElseThrow();
    Path file = Files.writeString(folder.resolve("routes.yaml"), routes.textValue());

    assertThat(RoutesFile.read(file).targets()).containsOnlyKeys("alertmanager");
  }
}
