package io.netnswatch.streams;

import io.javalin.util.JavalinBindException;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netnswatch.command.InputPath;
import io.netnswatch.command.MustBe;
import io.netnswatch.command.WordForm;
import io.netnswatch.command.http.HttpAddress;
import io.netnswatch.streams.http.DetectorServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where health, metrics and queries are served. */
final class HttpOptions {

  @MustBe(WordForm.ADDRESS_OR_OFF)
  @Option(
      names = "--http",
      paramLabel = "HOST:PORT|off",
      defaultValue = "127.0.0.1:8480",
      description = "Where health, metrics and queries are served; port 0 takes a free one.")
  private String http = "";

  @MustBe(WordForm.ADDRESS)
  @Option(
      names = "--http-advertise",
      paramLabel = "HOST:PORT",
      description = "Where other instances reach this one; by default the address of --http.")
  private @Nullable String advertise;

  @InputPath(InputPath.Kind.FILE)
  @Option(
      names = "--http-token-file",
      paramLabel = "FILE",
      description =
          "Its first line is the bearer token that clients and other instances must present, but"
              + " for health. Needed where others than this machine can reach the address.")
  private @Nullable Path tokenFile;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /**
   * Begins to listen.
   *
   * @return empty if switched off
   * @throws IOException if the token can't be read
   * @throws ParameterException if an address is wrong, or taken, or open to others without a token
   */
  Optional<DetectorServer> listen(PrometheusMeterRegistry metrics) throws IOException {
    if (http.equals("off")) {
      return Optional.empty();
    }
    String token = token();
    try {
      HttpAddress address = HttpAddress.parse(http);
      HttpAddress reachedAt = advertise == null ? address : HttpAddress.parse(advertise);
      return Optional.of(DetectorServer.listen(address, reachedAt, token, metrics));
    } catch (IllegalArgumentException | JavalinBindException e) {
      throw new ParameterException(spec.commandLine(), "--http: " + e.getMessage(), e);
    }
  }

  /** What clients must present; null for nothing. */
  private @Nullable String token() throws IOException {
    return tokenFile == null ? null : token(tokenFile, spec);
  }

  /**
   * The token in a file.
   *
   * @throws ParameterException if there is none
   */
  static String token(Path file, CommandSpec spec) throws IOException {
    String token = Files.readAllLines(file).stream().findFirst().orElse("").strip();
    if (token.isEmpty()) {
      throw new ParameterException(spec.commandLine(), file + " begins with an empty line");
    }
    return token;
  }
}
