package io.netnswatch.command;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import picocli.CommandLine;

/** Says what is wrong in a line; a stack trace helps nobody on call. */
public final class CommandFailure {

  private CommandFailure() {}

  /** The command, which from now on fails in one line on standard error, with exit code 1. */
  public static CommandLine inALine(CommandLine command) {
    command.setExecutionExceptionHandler(
        (failure, failed, parsed) -> {
          failed.getErr().println(failed.getCommandName() + ": " + words(failure));
          return CommandLine.ExitCode.SOFTWARE;
        });
    return command;
  }

  /** What failed and what to look at. */
  public static String words(Throwable failure) {
    Throwable cause =
        failure instanceof ExecutionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause.getMessage() + advice(cause);
  }

  private static String advice(Throwable cause) {
    if (cause instanceof UnknownTopicOrPartitionException) {
      return " Create the topics: netnswatch topics create.";
    }
    if (cause instanceof TopicAuthorizationException topics) {
      return " " + topics.unauthorizedTopics() + "; see the ACLs in streams-app/README.md.";
    }
    if (cause instanceof AuthorizationException) {
      return " See the ACLs in streams-app/README.md.";
    }
    return SettingAtFault.hint(cause);
  }
}
