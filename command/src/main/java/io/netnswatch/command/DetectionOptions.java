package io.netnswatch.command;

import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.IncidentComposer;
import io.netnswatch.detection.cause.Cause;
import io.netnswatch.detection.cause.CauseFiles;
import io.netnswatch.detection.cause.Causes;
import io.netnswatch.detection.cause.Diagnostician;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.SignatureFiles;
import io.netnswatch.detection.signature.Signatures;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say how to detect, live and in a replay: equal ones make equal incidents. */
public final class DetectionOptions {

  @InputPath(InputPath.Kind.DIRECTORY)
  @Option(
      names = "--signatures",
      paramLabel = "DIR",
      description =
          "Your own signatures, the *.yaml of this folder, besides the shipped ones; one of a"
              + " shipped id replaces it.")
  private @Nullable Path signatureFolder;

  @InputPath(InputPath.Kind.DIRECTORY)
  @Option(
      names = "--causes",
      paramLabel = "DIR",
      description =
          "Your own causes, the *.yaml of this folder, besides the shipped ones; one of a shipped"
              + " id replaces it.")
  private @Nullable Path causeFolder;

  @Range(min = "1s", max = "5m")
  @Option(
      names = "--window",
      paramLabel = "TIME",
      defaultValue = "2s",
      description = "Length of the windows in which a host's evidence is joined.")
  private Duration window = Duration.ofSeconds(2);

  @Range(min = "0s", max = "1h")
  @Option(
      names = "--grace",
      paramLabel = "TIME",
      defaultValue = "2s",
      description =
          "How far behind its host's latest event a record may come; detection waits as long.")
  private Duration grace = Duration.ofSeconds(2);

  @MustBe(WordForm.URL_PREFIX)
  @Option(
      names = "--runbook-base-url",
      paramLabel = "URL",
      defaultValue = "runbooks/",
      description = "Where the pages of runbooks/ are served; begins every runbook_url.")
  private String runbookBaseUrl = "";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /**
   * Signatures, worst first.
   *
   * @throws IOException if the folder can't be read
   * @throws ParameterException if one is wrong
   */
  public List<Signature> signatures() throws IOException {
    try {
      return signatureFolder == null
          ? Signatures.shipped()
          : SignatureFiles.shippedAnd(signatureFolder);
    } catch (IllegalArgumentException e) {
      throw wrongUsage(e);
    }
  }

  /**
   * How time is cut.
   *
   * @throws ParameterException if it can't be cut so
   */
  public DetectionSettings settings() {
    try {
      return DetectionSettings.of(window.toMillis(), grace.toMillis());
    } catch (IllegalArgumentException e) {
      throw wrongUsage(e);
    }
  }

  /**
   * What makes the incidents, as in live operation.
   *
   * @throws IOException if the folder of causes can't be read
   * @throws ParameterException if one is wrong
   */
  public IncidentComposer composer() throws IOException {
    try {
      List<Cause> causes =
          causeFolder == null ? Causes.shipped() : CauseFiles.shippedAnd(causeFolder);
      return new IncidentComposer(
          Version.current(), runbookBaseUrl, null, new Diagnostician(causes));
    } catch (IllegalArgumentException e) {
      throw wrongUsage(e);
    }
  }

  private ParameterException wrongUsage(IllegalArgumentException e) {
    return new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
  }
}
