package io.netnswatch.oncall.actors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;
import static org.awaitility.Durations.ONE_MINUTE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netnswatch.oncall.TestIncidents;
import io.netnswatch.oncall.act.ActionOutcome;
import io.netnswatch.schema.Incident;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgramTest {

  private final Incident incident = TestIncidents.opened("host-1", Instant.EPOCH);

  @TempDir private Path directory;

  @Test
  void isGivenTheIncidentAsJsonAndItsArgumentsAsTheyAreWritten() throws Exception {
    Program program =
        program("cat > \"$1\"; echo \"$2 $PATH $HOME\" >> \"$1.args\"", "$(reboot); `id` *");
    assertThat(program.apply(Steps.apply(incident)))
        .isEqualTo(new ActionOutcome.Done(List.of("run"), null));
    JsonNode input = new ObjectMapper().readTree(Files.readString(directory.resolve("out")));
    assertThat(input.path("do").asText()).isEqualTo("apply");
    assertThat(input.path("may_have_been_run").asBoolean()).isFalse();
    assertThat(input.path("action").path("host").asText()).isEqualTo("host-1");
    assertThat(input.path("incident").path("kind").asText()).isEqualTo(TestIncidents.KIND);
    assertThat(Files.readString(directory.resolve("out.args")))
        .isEqualTo("$(reboot); `id` * /usr/sbin:/usr/bin:/sbin:/bin \n");

    program.revert(Steps.again(Steps.revert(incident)));
    input = new ObjectMapper().readTree(Files.readString(directory.resolve("out")));
    assertThat(input.path("do").asText()).isEqualTo("revert");
    assertThat(input.path("may_have_been_run").asBoolean()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"0, Done", "3, NotOurs", "75, Later", "1, Refused", "126, Refused"})
  void itsExitCodeSaysWhatBecameOfIt(int code, String outcome) throws Exception {
    assertThat(program("echo some words; exit " + code).apply(Steps.apply(incident)))
        .hasToString(
            switch (outcome) {
              case "Done" -> "Done[toUndo=[run], note=null]";
              case "Later" -> "Later[atLeast=PT0S, why=exit code 75: some words]";
              default -> outcome + "[why=exit code " + code + ": some words]";
            });
  }

  @Test
  void isKilledAtItsTimeLimitWithWhatItHasStarted() throws Exception {
    ActionOutcome outcome =
        program("sleep 1000 & echo $! > \"$1\"; wait").apply(Steps.apply(incident));
    assertThat(outcome).hasToString("Refused[why=it was killed after 1 s: ]");
    long child = Long.parseLong(Files.readString(directory.resolve("out")).strip());
    await()
        .atMost(ONE_MINUTE)
        .until(() -> ProcessHandle.of(child).map(it -> !it.isAlive()).orElse(true));
  }

  @Test
  void neitherUnreadInputNorMuchOutputHoldsItUp() throws Exception {
    Incident wordy = Incident.newBuilder(incident).setDescription("word ".repeat(200_000)).build();
    assertThat(program("yes | head -c 3000000; exit 1").apply(Steps.apply(wordy)).toString())
        .startsWith("Refused[why=exit code 1: y\ny")
        .hasSizeLessThan(600);
  }

  @Test
  void runsAsAnotherUser() throws Exception {
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
    assertThat(as("nobody", "id -un; exit 3").apply(Steps.apply(incident)))
        .isEqualTo(new ActionOutcome.NotOurs("exit code 3: nobody"));
    assertThat(as("no-such-user", "exit 0").apply(Steps.apply(incident)))
        .isInstanceOf(ActionOutcome.Refused.class);
  }

  @Test
  void aProgramThatIsNotThereIsTriedAgain() throws Exception {
    Program missing =
        new Program(new Program.Settings(List.of("/not/there"), null, Duration.ofSeconds(1)));
    assertThat(missing.apply(Steps.apply(incident))).isInstanceOf(ActionOutcome.Later.class);
  }

  private Program program(String script, String... more) throws IOException {
    List<String> command =
        new ArrayList<>(List.of(file(script), directory.resolve("out").toString()));
    command.addAll(List.of(more));
    return new Program(new Program.Settings(command, null, Duration.ofSeconds(1)));
  }

  private Program as(@Nullable String user, String script) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new Program(new Program.Settings(List.of(file(script)), user, Duration.ofSeconds(10)));
  }

  private String file(String script) throws IOException {
    Path file = directory.resolve("program");
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file.toString();
  }
}
