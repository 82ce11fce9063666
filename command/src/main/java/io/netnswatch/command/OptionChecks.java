package io.netnswatch.command;

import java.lang.reflect.AnnotatedElement;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Whether options say what their {@link Range}, {@link MustBe}, {@link InputPath} or {@link
 * OutputFile} allows.
 */
final class OptionChecks {

  private OptionChecks() {}

  /**
   * Checks all arguments of a command.
   *
   * @throws ParameterException for the first that is wrong; names option, value and what is allowed
   */
  static void check(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    for (ArgSpec argument : spec.args()) {
      if (argument.userObject() instanceof AnnotatedElement declared) {
        Object value = argument.getValue();
        for (Object one : value instanceof List<?> several ? several : listOf(value)) {
          problem(declared, one)
              .ifPresent(
                  problem -> {
                    throw new ParameterException(
                        command, name(argument) + " " + problem, argument, String.valueOf(one));
                  });
        }
      }
    }
  }

  private static List<?> listOf(@Nullable Object value) {
    return value == null ? List.of() : List.of(value);
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  private static Optional<String> problem(AnnotatedElement declared, Object value) {
    Range range = declared.getAnnotation(Range.class);
    if (range != null && !isWithin(value, range)) {
      return Optional.of(
          "must be from %s to %s, not %s".formatted(range.min(), range.max(), shown(value)));
    }
    MustBe form = declared.getAnnotation(MustBe.class);
    if (form != null && !form.value().fits(value.toString())) {
      return Optional.of(form.value().problem(value.toString()));
    }
    InputPath input = declared.getAnnotation(InputPath.class);
    if (input != null && value instanceof Path path) {
      return unreadable(path, input.value()).map(problem -> path + ": " + problem);
    }
    if (declared.isAnnotationPresent(OutputFile.class) && value instanceof Path path) {
      return unwritable(path.toAbsolutePath()).map(problem -> path + ": " + problem);
    }
    return Optional.empty();
  }

  static String shown(Object value) {
    return value instanceof Duration duration ? Durations.format(duration) : String.valueOf(value);
  }

  private static boolean isWithin(Object value, Range range) {
    if (value instanceof Duration duration) {
      return duration.compareTo(Durations.parse(range.min())) >= 0
          && duration.compareTo(Durations.parse(range.max())) <= 0;
    }
    if (value instanceof DataSize size) {
      return size.compareTo(DataSize.parse(range.min())) >= 0
          && size.compareTo(DataSize.parse(range.max())) <= 0;
    }
    try {
      BigDecimal number = new BigDecimal(value.toString());
      return number.compareTo(new BigDecimal(range.min())) >= 0
          && number.compareTo(new BigDecimal(range.max())) <= 0;
    } catch (NumberFormatException e) { // NaN and the infinite are in no range
      return false;
    }
  }

  private static Optional<String> unreadable(Path path, InputPath.Kind kind) {
    if (!Files.exists(path)) {
      return Optional.of(
          kind == InputPath.Kind.DIRECTORY
              ? "there is no such directory"
              : "there is no such file");
    }
    if (kind == InputPath.Kind.FILE && Files.isDirectory(path)) {
      return Optional.of("is a directory; a file is wanted");
    }
    if (kind == InputPath.Kind.DIRECTORY && !Files.isDirectory(path)) {
      return Optional.of("is a file; a directory is wanted");
    }
    return Files.isReadable(path) ? Optional.empty() : Optional.of("permission to read is denied");
  }

  private static Optional<String> unwritable(Path file) {
    Path directory = file.getParent();
    if (directory == null || Files.isDirectory(file)) {
      return Optional.of("is a directory; a file is wanted");
    }
    if (!Files.isDirectory(directory)) {
      return Optional.of("there is no directory " + directory);
    }
    if (Files.exists(file) ? !Files.isWritable(file) : !Files.isWritable(directory)) {
      return Optional.of("permission to write is denied");
    }
    return Optional.empty();
  }
}
