package io.netnswatch.replay;

import io.netnswatch.command.SettingAtFault;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** Says what is wrong in a line; a stack trace helps nobody on call. */
final class Failure {

  private Failure() {}

  static int say(Exception e, CommandLine command, ParseResult parsed) {
    command
        .getErr()
        .println(
            "netnswatch " + command.getCommandName() + ": " + words(e) + SettingAtFault.hint(e));
    return command.getCommandSpec().exitCodeOnExecutionException();
  }

  private static String words(Throwable e) {
    String own =
        e.getMessage() == null ? e.getClass().getSimpleName() : String.valueOf(e.getMessage());
    Throwable cause = e.getCause();
    return cause == null || cause.getMessage() == null || own.contains(cause.getMessage())
        ? own
        : own + ": " + cause.getMessage();
  }
}
