package io.netnswatch.localcluster;

import static java.util.stream.Collectors.joining;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A JVM that this process started and that ends with it. Its output goes to a log file. */
public final class ChildJvm implements AutoCloseable {

  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final int TAIL_LINES = 20;

  /** By SIGKILL. */
  private static final int KILLED = 128 + 9;

  private final String name;
  private final Process process;
  private final Path log;
  private final ClassArchive classes;

  private ChildJvm(String name, Process process, Path log, ClassArchive classes) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.classes = classes;
  }

  /** What it is, for messages. */
  public String name() {
    return name;
  }

  public Process process() {
    return process;
  }

  /** Its standard output and error. */
  public Path log() {
    return log;
  }

  /**
   * The class path of this JVM without folders of test classes, for children that need none of
   * them: only of jars can a JVM keep an archive of classes.
   */
  public static String classPathWithoutTests() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(it -> !it.endsWith("test-classes"))
        .collect(joining(File.pathSeparator));
  }

  /**
   * The class path of a command as its module's build left it: the same whoever starts it, so that
   * all share an archive of its classes.
   *
   * @param module folder of the module, e.g. {@code streams-app}
   * @throws IOException if it is not built
   */
  public static String classPathOf(String module) throws IOException {
    Path repository = CodeLocation.of(ChildJvm.class).resolveSibling("../../..").normalize();
    Path target = repository.resolve(module).resolve("target");
    Pattern jarName = Pattern.compile(module + "-[\\d.]+(?:-SNAPSHOT)?\\.jar");
    try (Stream<Path> files = Files.list(target)) {
      Path jar =
          files
              .filter(it -> jarName.matcher(it.getFileName().toString()).matches())
              .findFirst()
              .orElseThrow(() -> new IOException(module + " is not packaged: no jar in " + target));
      return jar + File.pathSeparator + Files.readString(target.resolve("classpath")).strip();
    }
  }

  /**
   * Starts a JVM of the same Java as this one.
   *
   * @param name what it is, for messages
   * @param directory working directory, in which the log goes too
   * @param classPath class path besides this module's own classes
   * @param jvmOptions options of the JVM
   * @param mainClass class to run
   * @param arguments its arguments
   * @throws IOException if it can't be started
   */
  public static ChildJvm start(
      String name,
      Path directory,
      String classPath,
      List<String> jvmOptions,
      String mainClass,
      List<String> arguments)
      throws IOException {
    return start(name, directory, classPath, jvmOptions, mainClass, arguments, Map.of());
  }

  /** As above, with more in its environment. */
  public static ChildJvm start(
      String name,
      Path directory,
      String classPath,
      List<String> jvmOptions,
      String mainClass,
      List<String> arguments,
      Map<String, String> environment)
      throws IOException {
    Files.createDirectories(directory);
    Path log = directory.resolve(name + ".log");
    String wholeClassPath = CodeLocation.of(ChildMain.class) + File.pathSeparator + classPath;
    ClassArchive classes = ClassArchive.of(jvmOptions, wholeClassPath, mainClass);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(classes.options());
    command.add("-cp");
    command.add(wholeClassPath);
    command.add(ChildMain.class.getName());
    command.add(mainClass);
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    return new ChildJvm(name, builder.start(), log, classes);
  }

  /**
   * Whether the process that listens on a TCP port of this machine is this child. Another's answer
   * on the port says nothing of the child.
   */
  public boolean listensOn(int port) {
    return ListeningSockets.of(process.pid()).contains(port);
  }

  /** The last lines of its log, for an error message. */
  public String logTail() {
    try {
      List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    } catch (IOException e) {
      return "(its log " + log + " can't be read: " + e + ")";
    }
  }

  /** Stops it: by SIGTERM, and by SIGKILL if it takes more than 20 s. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try {
      process.getOutputStream().close();
      classes.keep(process.isAlive() || process.exitValue() == KILLED);
    } catch (IOException e) {
      throw new UncheckedIOException("end of " + name, e);
    }
  }
}
