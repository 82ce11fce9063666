package io.netnswatch.pages;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.command.Commands;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever file a command is given that it can't use: one line names the file and says what is
 * wrong with it, nothing of a trace is printed, and no file takes up the memory.
 */
class WrongFilesTest {

  private static final Launcher LAUNCHER = Launcher.read();
  private static final String HERE = "FILE";

  /** Nobody listens there. */
  private static final List<String> CLUSTER =
      List.of("--bootstrap-servers=127.0.0.1:1", "--schema-registry-url=http://127.0.0.1:1");

  /** Commands that read the file itself. */
  private static final List<List<String>> OF_FILES =
      List.of(
          List.of("diagnose", "--bundle=" + HERE),
          List.of("diagnose", HERE),
          List.of("replay", "--quiet", "--bundle=" + HERE),
          List.of("oncall", "--check", "--routes=" + HERE),
          List.of("hosts", "--detector=http://127.0.0.1:1", "--config=" + HERE));

  /** Commands that read the files of a folder. */
  private static final List<List<String>> OF_FOLDERS =
      List.of(
          List.of("signatures", "check", HERE),
          List.of("signatures", "--signatures=" + HERE),
          List.of("causes", "check", HERE),
          List.of("causes", "--causes=" + HERE),
          with(List.of("detect", "--signatures=" + HERE), CLUSTER),
          with(List.of("detect", "--causes=" + HERE), CLUSTER),
          List.of("diagnose", "--bundle=" + recording(), "--signatures=" + HERE),
          List.of("diagnose", "--bundle=" + recording(), "--causes=" + HERE),
          List.of("replay", "--quiet", "--bundle=" + recording(), "--signatures=" + HERE),
          List.of("replay", "--quiet", "--archive=" + HERE),
          with(List.of("import", "--archive=" + HERE), CLUSTER));

  @TempDir private static Path folder;

  private record Case(List<String> command, String name, Path file) {

    @Override
    public String toString() {
      return String.join(" ", command) + " of " + name;
    }
  }

  private static String recording() {
    return Repository.path("testing/recordings/rtnl-held.tar.gz").toString();
  }

  private static List<String> with(List<String> command, List<String> more) {
    List<String> all = new ArrayList<>(command);
    all.addAll(more);
    return all;
  }

  static Stream<Case> cases() throws IOException {
    Map<String, byte[]> contents = contents();
    List<Case> cases = new ArrayList<>();
    for (Map.Entry<String, byte[]> content : contents.entrySet()) {
      String name = content.getKey();
      Path file = Files.write(folder.resolve(name + ".tar.gz"), content.getValue());
      for (List<String> command : OF_FILES) {
        if (!isRight(command, name)) {
          cases.add(new Case(command, name, file));
        }
      }
      Path inFolder = Files.createDirectories(folder.resolve("of-" + name));
      for (String of : List.of("own.yaml", "own.avro", "manifest.json")) {
        Files.write(inFolder.resolve(of), content.getValue());
      }
      for (List<String> command : OF_FOLDERS) {
        cases.add(new Case(command, name, inFolder));
      }
    }
    return cases.stream();
  }

  /**
   * Nothing is wrong with a file of options in which none stands, or a comment; and of a bundle
   * that broke off what came before is used.
   */
  private static boolean isRight(List<String> command, String name) {
    boolean ofOptions = command.contains("--config=" + HERE);
    boolean ofBundles = List.of("diagnose", "replay").contains(command.get(0));
    return ofOptions
        ? name.equals("empty") || name.equals("code")
        : ofBundles && name.equals("cut");
  }

  private static Map<String, byte[]> contents() throws IOException {
    byte[] random = new byte[5_000];
    new Random(19).nextBytes(random);
    byte[] recording = Files.readAllBytes(Path.of(recording()));
    return Map.ofEntries(
        Map.entry("empty", new byte[0]),
        Map.entry("zeros", new byte[10_000]),
        Map.entry("random", random),
        Map.entry("null", bytes("null\n")),
        Map.entry("list-of-null", bytes("[null]\n")),
        Map.entry("text", bytes("no keys, no values\n")),
        Map.entry("unfinished", bytes("{\"id\":")),
        Map.entry("deep", bytes("[".repeat(50_000))),
        Map.entry("aliases", bytes(aliases())),
        Map.entry("itself", bytes("&a [*a]\n")),
        Map.entry("latin", "id: \u00e9\u00e8\n".getBytes(ISO_8859_1)),
        Map.entry("code", bytes("!!javax.script.ScriptEngineManager [a]\n")),
        Map.entry("large", bytes("id: " + "x".repeat(4 << 20))),
        Map.entry("packed-nothing", packed(new byte[0], 1)),
        Map.entry("packed-random", packed(random, 1)),
        Map.entry("packed-zeros", packed(new byte[1 << 20], 300)),
        Map.entry("cut", Arrays.copyOf(recording, recording.length / 2)),
        Map.entry("long-name", packed(entry("././@LongLink", 'L', 6L << 20), 1)),
        Map.entry("large-entry", packed(entry("x/manifest.json", '0', 8L << 30), 1)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /** Nine times nine times nine of them. */
  private static String aliases() {
    StringBuilder yaml = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 12; i++) {
      String before = "*a" + (i - 1) + ",";
      yaml.append("a%d: &a%d [%s]%n".formatted(i, i, before.repeat(9)));
    }
    return yaml.toString();
  }

  private static byte[] packed(byte[] content, int times) throws IOException {
    var packed = new java.io.ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      for (int i = 0; i < times; i++) {
        out.write(content);
      }
    }
    return packed.toByteArray();
  }

  /** A tar that begins with an entry of a size, and ends at once. */
  private static byte[] entry(String name, char type, long size) {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 124, Long.toOctalString(size));
    put(header, 148, " ".repeat(8));
    header[156] = (byte) type;
    put(header, 257, "ustar");
    int sum = 0;
    for (byte it : header) {
      sum += it & 0xff;
    }
    put(header, 148, String.format("%06o", sum));
    return Arrays.copyOf(header, 2_048);
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void oneLineSaysWhatIsWrong(Case given) {
    // Given
    String command = given.command().get(0);
    String[] arguments =
        given.command().stream()
            .skip(1)
            .map(it -> it.replace(HERE, given.file().toString()))
            .toArray(String[]::new);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();

    // When
    int code =
        Commands.run(
            LAUNCHER.spec(command).userObject(),
            Map.of(),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            arguments);

    // Then
    assertThat(err.toString().lines().filter(it -> it.startsWith("netnswatch ")))
        .as("%s: %s", given, err)
        .singleElement()
        .asString()
        .contains(given.file().toString())
        .hasSizeLessThan(700)
        .doesNotContain("Exception", "Cannot invoke", "io.netnswatch", "java.");
    assertThat(err.toString()).doesNotContain("\tat ");
    assertThat(code).isBetween(1, 2);
    assertThat(out.toString()).isEmpty();
  }
}
