package io.netnswatch.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaConfigFileTest {

  @TempDir private Path directory;

  @Test
  void valuesComeFromTheFileFromTheEnvironmentFromFilesAndFromDirectories() throws Exception {
    // Given
    Path secrets = Files.writeString(directory.resolve("secrets.properties"), "user=u\nword=p1\n");
    Files.writeString(directory.resolve("token"), "t1");
    Path file =
        config(
            "security.protocol=SASL_SSL",
            "sasl.jaas.config=x username=\"${file:%s:user}\" password=\"${file:%s:word}\";"
                .formatted(secrets, secrets),
            "schema.registry.basic.auth.user.info=u:${directory:%s:token}".formatted(directory),
            "client.id=${env:PATH}");

    // When
    Map<String, String> settings = KafkaConfigFile.read(file);

    // Then
    assertThat(settings)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "security.protocol", "SASL_SSL",
                "sasl.jaas.config", "x username=\"u\" password=\"p1\";",
                "schema.registry.basic.auth.user.info", "u:t1",
                "client.id", System.getenv("PATH")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"${env:NETNSWATCH_NO_SUCH}", "${file:/no/such/file:word}"})
  void whatIsNotThereStopsTheStartAndNoOtherSecretIsNamed(String reference) throws Exception {
    // Given
    Path file = config("ssl.key.password=p1 " + reference);

    // When, Then
    assertThatThrownBy(() -> KafkaConfigFile.read(file))
        .isInstanceOf(ConfigException.class)
        .message()
        .doesNotContain("p1");
  }

  private Path config(String... lines) throws IOException {
    return Files.write(directory.resolve("kafka.properties"), java.util.List.of(lines));
  }
}
