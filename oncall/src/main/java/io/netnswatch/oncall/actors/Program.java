package io.netnswatch.oncall.actors;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netnswatch.command.Json;
import io.netnswatch.oncall.act.ActionOutcome;
import io.netnswatch.oncall.act.ActionStep;
import io.netnswatch.schema.RecordJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program of the user's: no shell, fixed arguments, what is to be done as JSON on standard
 * input. It is told whether it may have been run before for the same step, for a crash can come
 * between running it and writing that down.
 *
 * <pre>
 * exit code 0   done
 *           75  not now, try again (EX_TEMPFAIL of sysexits.h)
 *           3   it is so already, or not as it was left: somebody else did it
 *           other, or killed at the time limit: it can't be done
 * </pre>
 */
public final class Program implements Actor {

  private static final Path RUNUSER = Path.of("/usr/sbin/runuser");
  private static final int DONE = 0;
  private static final int NOT_OURS = 3;
  private static final int TRY_AGAIN = 75;
  private static final int SHOWN_OF_OUTPUT = 500;
  private static final Duration AFTER_KILL = Duration.ofSeconds(2);

  private final Settings settings;

  /**
   * What is run.
   *
   * @param command absolute path, and arguments
   * @param user as whom; null for whoever runs oncall
   * @param timeLimit it is killed then, with what it has started
   */
  public record Settings(List<String> command, @Nullable String user, Duration timeLimit) {

    public Settings {
      command = List.copyOf(command);
    }
  }

  public Program(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String operation() {
    return "run " + Path.of(settings.command().get(0)).getFileName();
  }

  @Override
  public ActionOutcome apply(ActionStep step) throws InterruptedException {
    return run(step, "apply");
  }

  @Override
  public ActionOutcome revert(ActionStep step) throws InterruptedException {
    return run(step, "revert");
  }

  private ActionOutcome run(ActionStep step, String what) throws InterruptedException {
    Path input = null;
    try {
      input = Files.createTempFile("netnswatch-action", ".json"); // for its owner alone
      Files.writeString(input, json(step, what));
      return run(input);
    } catch (IOException e) {
      return new ActionOutcome.Later(
          Duration.ZERO, settings.command().get(0) + " can't be run: " + e.getMessage());
    } finally {
      if (input != null) {
        input.toFile().delete();
      }
    }
  }

  private static String json(ActionStep step, String what) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("do", what);
    json.put("may_have_been_run", step.isWritten());
    json.set("action", RecordJson.of(step.action()));
    json.set("incident", step.incident() == null ? null : RecordJson.of(step.incident()));
    return json.toString();
  }

  private ActionOutcome run(Path input) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (settings.user() != null) {
      command.addAll(List.of(RUNUSER.toString(), "-u", settings.user(), "--"));
    }
    command.addAll(settings.command());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile())
            .redirectInput(Redirect.from(input.toFile()))
            .redirectErrorStream(true);
    builder.environment().clear();
    builder
        .environment()
        .putAll(Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "LANG", "C.UTF-8"));
    Process process = builder.start();
    Output output = new Output(process.getInputStream());
    output.start();
    boolean isEnded = false;
    try {
      isEnded = process.waitFor(settings.timeLimit().toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      if (!isEnded) {
        process.destroyForcibly(); // closes what it has said, too
      }
    }
    output.join(AFTER_KILL.toMillis());
    if (!isEnded) {
      return new ActionOutcome.Refused(
          "it was killed after %d s: %s"
              .formatted(settings.timeLimit().toSeconds(), output.text()));
    }
    String said = "exit code " + process.exitValue() + ": " + output.text();
    return switch (process.exitValue()) {
      case DONE -> new ActionOutcome.Done(List.of("run"), null);
      case NOT_OURS -> new ActionOutcome.NotOurs(said);
      case TRY_AGAIN -> new ActionOutcome.Later(Duration.ZERO, said);
      default -> new ActionOutcome.Refused(said);
    };
  }

  /** Takes all that is said, so that nobody waits in a full pipe, and keeps the beginning. */
  private static final class Output extends Thread {

    private final InputStream from;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    Output(InputStream from) {
      super("netnswatch-output");
      this.from = from;
      setDaemon(true);
    }

    @Override
    public void run() {
      byte[] some = new byte[4096];
      try (from) {
        for (int length = from.read(some); length >= 0; length = from.read(some)) {
          synchronized (kept) {
            kept.write(some, 0, Math.min(length, Math.max(0, SHOWN_OF_OUTPUT - kept.size())));
          }
        }
      } catch (IOException e) {
        synchronized (kept) {
          kept.writeBytes((" [" + e.getMessage() + "]").getBytes(UTF_8));
        }
      }
    }

    String text() {
      synchronized (kept) {
        return kept.toString(UTF_8).strip();
      }
    }
  }
}
