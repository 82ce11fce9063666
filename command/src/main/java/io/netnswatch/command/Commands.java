package io.netnswatch.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * How every command is run: options from file, environment and command line, each checked; and what
 * is wrong said in one line on standard error, with exit code 2 if it is the usage, and 1
 * otherwise.
 */
public final class Commands {

  private static final Logger LOG = LoggerFactory.getLogger(Commands.class);

  /** Options that differ by no more typos are taken for one another in a suggestion. */
  private static final int CLOSE = 3;

  private Commands() {}

  /**
   * Runs a command.
   *
   * @param command an object with picocli's annotations
   * @return the exit code
   */
  public static int run(Object command, String... arguments) {
    return run(
        command,
        System.getenv(),
        new PrintWriter(System.out, true, Charset.defaultCharset()),
        new PrintWriter(System.err, true, Charset.defaultCharset()),
        arguments);
  }

  /** The same, elsewhere than in the process' own environment. */
  public static int run(
      Object command,
      Map<String, String> environment,
      PrintWriter out,
      PrintWriter err,
      String... arguments) {
    CommandLine line = line(command).setOut(out).setErr(err);
    try {
      CommandConfig.install(line, List.of(arguments), environment);
    } catch (IOException | ConfigException | ParameterException e) {
      err.println(line("netnswatch " + line.getCommandName() + ": " + FailureWords.of(e)));
      return ExitCode.USAGE;
    }
    return line.execute(arguments);
  }

  /** A command with all its options, as its help and the pages show them. */
  public static CommandLine line(Object command) {
    CommandLine line = new CommandLine(command);
    CommandConfig.addOptions(line);
    line.registerConverter(Duration.class, new Durations.Converter());
    line.registerConverter(DataSize.class, new DataSize.Converter());
    line.registerConverter(HostPattern.class, new HostPattern.Converter());
    line.setExpandAtFiles(false); // a file of options is named by --config, and in no other way
    line.setExecutionStrategy(parsed -> execute(line, parsed));
    line.setParameterExceptionHandler(Commands::wrongUsage);
    line.setExecutionExceptionHandler(Commands::failed);
    return line;
  }

  private static int execute(CommandLine line, ParseResult parsed) {
    Optional<Integer> help = Optional.ofNullable(CommandLine.executeHelpRequest(parsed));
    if (help.isPresent()) {
      return help.get();
    }
    CommandLine called = called(parsed);
    OptionChecks.check(called);
    if (CommandConfig.isToBePrinted(parsed)) {
      CommandConfig.of(line).print(called, called.getOut());
      return ExitCode.OK;
    }
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (OutOfMemoryError | StackOverflowError e) {
      called
          .getErr()
          .println(line(name(called) + ": more memory is needed than there is: " + e.getMessage()));
      return ExitCode.SOFTWARE;
    }
  }

  /** The innermost command that was named. */
  private static CommandLine called(ParseResult parsed) {
    ParseResult last = parsed;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    return last.commandSpec().commandLine();
  }

  private static int failed(Exception failure, CommandLine command, ParseResult parsed) {
    LOG.debug("{} failed", name(command), failure);
    command.getErr().println(line(name(command) + ": " + FailureWords.of(failure)));
    return failure instanceof UnusableInputException
        ? command.getCommandSpec().exitCodeOnInvalidInput()
        : command.getCommandSpec().exitCodeOnExecutionException();
  }

  private static int wrongUsage(ParameterException wrong, String[] arguments) {
    CommandLine command = wrong.getCommandLine();
    command
        .getErr()
        .println(
            line(
                name(command)
                    + ": "
                    + FailureWords.text(wrong)
                    + suggestion(wrong, command.getCommandSpec())
                    + "; see netnswatch "
                    + command.getCommandSpec().qualifiedName()
                    + " --help"));
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static String name(CommandLine command) {
    return "netnswatch " + command.getCommandSpec().qualifiedName();
  }

  /** The nearest option, or command, if one is near. */
  private static String suggestion(ParameterException wrong, CommandSpec spec) {
    if (!(wrong instanceof UnmatchedArgumentException unmatched)
        || unmatched.getUnmatched().isEmpty()) {
      return "";
    }
    String word = unmatched.getUnmatched().get(0).split("=", 2)[0];
    Stream<String> known =
        word.startsWith("-")
            ? spec.optionsMap().keySet().stream()
            : spec.subcommands().keySet().stream();
    return known
        .min(Comparator.comparingInt(it -> Typos.between(word, it)))
        .filter(it -> Typos.between(word, it) <= CLOSE)
        .map(it -> "; is " + it + " meant?")
        .orElse("");
  }

  /** One line, whatever stands in a value: control characters would steer the terminal. */
  private static String line(String text) {
    return text.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ").replaceAll("\\p{Cntrl}", "?");
  }
}
