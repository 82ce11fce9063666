package io.netnswatch.detection.cause;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netnswatch.detection.signature.Kernel;
import io.netnswatch.detection.signature.Signature.KernelFinding;
import io.netnswatch.schema.KernelVerdict;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CausesTest {

  private static final String ID = "conntrack-fragment-references";
  private static final Path FOLDER = Path.of("src/main/resources/io/netnswatch/detection/cause");
  private static final Path README = Path.of("README.md");
  private static final String HEADER =
      "| cause | what | hot, course | kernels | evidence |\n|---|---|---|---|---|\n";

  /** What is no cause, in the folder of the causes. */
  private static final Set<String> TABLES = Set.of("functions.yaml", "subsystems.yaml");

  @Test
  void eachFileIsShippedUnderItsName() throws IOException {
    assertThat(Causes.shipped())
        .as("a new file is named in Causes.SHIPPED, and has its name as id")
        .extracting(it -> it.id() + ".yaml")
        .containsExactlyInAnyOrderElementsOf(files());
  }

  /** Who is paged finds there what to do about that cause. */
  @Test
  void eachCauseIsNamedOnItsPage() throws IOException {
    List<String> notNamed = new ArrayList<>();
    for (Cause cause : Causes.shipped()) {
      Path page = Path.of("..", "runbooks", cause.runbook());
      if (!Files.readString(page).contains("`" + cause.id() + "`")) {
        notNamed.add(cause.id() + " in runbooks/" + cause.runbook());
      }
    }

    assertThat(notNamed).as("causes that their pages do not name, between backticks").isEmpty();
  }

  /** {@code -Dnetnswatch.rewrite=true} writes it. */
  @Test
  void tableOfTheReadmeIsMadeFromTheFiles() throws IOException {
    String table =
        HEADER + Causes.shipped().stream().map(CausesTest::row).collect(Collectors.joining("\n"));
    String before = Files.readString(README);
    int from = before.indexOf(HEADER);
    String page =
        before.substring(0, from) + table + before.substring(before.indexOf("\n\n", from));
    if (Boolean.getBoolean("netnswatch.rewrite")) {
      Files.writeString(README, page);
    }

    assertThat(README)
        .as("the table of causes in detection/README.md; -Dnetnswatch.rewrite=true writes it")
        .hasContent(page);
  }

  @Test
  void everySubsystemOfTheTableIsFound() {
    assertThat(Subsystems.of("nf_conntrack_pernet_exit").name()).isEqualTo("netfilter conntrack");
    assertThat(Subsystems.of("nf_tables_exit_net").name()).isEqualTo("nf_tables");
    assertThat(Subsystems.of("rxrpc_exit_net").module()).isEqualTo("rxrpc");
    assertThat(Subsystems.of("register_nexthop_notifier").name()).isEqualTo("nexthops");
    assertThat(Subsystems.of("unregister_foo_notifier").name()).isEqualTo("foo");
    assertThat(Subsystems.of("__foo_net_exit")).isEqualTo(new Subsystem("foo", null, null));
    assertThat(Subsystems.of("netns_lab_exit_net").name()).isEqualTo("netns_lab");
    assertThat(Subsystems.of("foo_bar_pre_exit_batch").name()).isEqualTo("foo_bar");
    assertThat(Subsystems.of("foo_stop").name()).isEqualTo("foo");
  }

  @Test
  void unknownKeyIsAnErrorThatNamesIt() throws IOException {
    assertThatThrownBy(() -> Causes.parse("mine.yaml", text() + "\nseverty: 1\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cause mine.yaml")
        .hasMessageContaining("unknown key severty");
  }

  @Test
  void missingAndWrongValuesAreErrors() throws IOException {
    String yaml = text();

    assertThatThrownBy(() -> Causes.parse("x", yaml.replaceAll("(?m)^summary:.*\\n.*$", "")))
        .hasMessageContaining("summary is missing");
    assertThatThrownBy(() -> Causes.parse("x", yaml.replace("nf_conntrack_pernet_exit", "a-b")))
        .hasMessageContaining("shows.any must name functions");
    assertThatThrownBy(() -> Causes.parse("x", yaml.replace("6.12.93", "six")))
        .hasMessageContaining("no version: six");
    assertThatThrownBy(() -> Causes.parse("x", yaml.replace("HOT", "WARM")))
        .hasMessageContaining("WARM");
  }

  @Test
  void oneOfTheSameIdTakesTheShippedOnesPlace(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("a.yaml"), text().replaceFirst("version: \"\\d+\"", "version: \"9\""));
    Files.writeString(folder.resolve("b.yaml"), text().replace("id: " + ID, "id: ours"));

    List<Cause> causes = CauseFiles.shippedAnd(folder);

    assertThat(causes).hasSize(Causes.shipped().size() + 1);
    assertThat(causes)
        .filteredOn(it -> it.id().equals(ID))
        .extracting(Cause::version)
        .containsExactly("9");
    assertThat(causes).extracting(Cause::id).contains("ours");
  }

  @Test
  void pageThatIsNowhereIsAnError(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("a.yaml"), text().replaceAll("(?m)^runbook:.*$", "runbook: ours.md"));

    assertThatThrownBy(() -> CauseFiles.read(folder))
        .hasMessageContaining("runbook ours.md is neither beside it nor shipped");
  }

  @ParameterizedTest
  @CsvSource({
    "5.2.21, NOT_AFFECTED, ",
    "5.3.0, AFFECTED, Linux 6.19 or later",
    "6.1.187, AFFECTED, no release of the 6.1 series",
    "6.12.92, AFFECTED, Linux 6.12.93 or later of its series",
    "6.12.93, NOT_AFFECTED, ",
    "6.18.0-rc7, AFFECTED, Linux 6.18.3 or later of its series",
    "6.18.3, NOT_AFFECTED, ",
    "6.19.0-rc1, UNKNOWN, Linux 6.19 or later",
    "6.19.0, NOT_AFFECTED, ",
    "5.15.0-91-generic, UNKNOWN, a kernel of this vendor",
    "5.10.0-46-amd64, AFFECTED, no release of the 5.10 series",
    "4.18.0-553.el8_10.x86_64, UNKNOWN, a kernel of this vendor",
    "5.10.0-60.18.0.50.oe2203.x86_64, UNKNOWN, a kernel of this vendor",
    "5.4.119-19-0009.tl3, UNKNOWN, a kernel of this vendor",
    "4.19.0+1, NOT_AFFECTED, ",
  })
  void verdictAndCureFitTheKernel(String release, KernelVerdict verdict, @Nullable String cure) {
    Cause cause =
        Causes.shipped().stream().filter(it -> it.id().equals(ID)).findFirst().orElseThrow();
    Kernel kernel = new Kernel(release, null);

    assertThat(cause.judge(kernel).verdict()).isEqualTo(verdict);
    if (cure == null) {
      assertThat(cause.cureFor(kernel)).isNull();
    } else {
      assertThat(cause.cureFor(kernel)).contains(cure).contains("006a5035b495");
    }
  }

  /** A kernel is not told of a release that is newer than itself. */
  @ParameterizedTest
  @CsvSource({
    "tipc-work-counter, 5.10.178, '5.10.42 and later of the 5.10 series, and Linux 5.13 and later'",
    "tipc-work-counter, 5.15.10, 5.13 and later",
    "tcp-exit-batch-mutex, 6.6.50, '6.6.48 and later of the 6.6 series, and Linux 6.11 and later'",
  })
  void theReleaseThatDecidesIsNamed(String id, String release, String releases) {
    Cause cause =
        Causes.shipped().stream().filter(it -> it.id().equals(id)).findFirst().orElseThrow();

    assertThat(cause.judge(new Kernel(release, null)))
        .isEqualTo(new KernelFinding(KernelVerdict.AFFECTED, "Linux " + releases + " have it."));
  }

  /** It is told of hosts on which nothing has moved for minutes. */
  @Test
  void noSummaryClaimsThatItMoves() {
    assertThat(Causes.shipped())
        .extracting(Cause::summary)
        .noneMatch(summary -> summary.contains("headway"));
  }

  /** What its fix did not end on newer kernels is no reason to upgrade. */
  @Test
  void aKernelThatHasTheFixAlreadyIsNotToldToTakeIt() {
    Cause cause =
        Causes.shipped().stream()
            .filter(it -> it.id().equals("backlog-flush"))
            .findFirst()
            .orElseThrow();
    Kernel kernel = new Kernel("6.10.0-rc6", null);

    assertThat(cause.judge(kernel).verdict()).isEqualTo(KernelVerdict.UNKNOWN);
    assertThat(cause.cureFor(kernel)).isNull();
    assertThat(cause.cureFor(new Kernel("5.4.200", null))).contains("Linux 5.10");
  }

  @ParameterizedTest
  @CsvSource({
    "4.15.0-45-generic, Ubuntu's linux 4.15.0-56 or later",
    "4.15.18-18-pve, Proxmox' 4.15.18-19-pve or later",
    "4.14.0-49.el7a.aarch64, RHEL-ALT's 4.14.0-110.el7a or later",
    "4.12.14-lp150.12.45-default, SUSE's 4.12.14-lp150.12.48 or later",
    "4.16.13-1.el7.elrepo.x86_64, Linux 4.17 or later",
    "4.14.60, Linux 4.14.71 or later of its series",
  })
  void aVendorsOwnReleaseIsTheCureWhereItIsKnown(String release, String cure) {
    Cause cause =
        Causes.shipped().stream()
            .filter(it -> it.id().equals("ipfrag-eviction"))
            .findFirst()
            .orElseThrow();

    assertThat(cause.cureFor(new Kernel(release, null)))
        .startsWith(cure)
        .contains("Linux 4.17", "648700f76b03");
  }

  private static String row(Cause cause) {
    Fix fix = cause.kernels().fix();
    return "| "
        + cause.id()
        + " | "
        + cause.headline()
        + " | "
        + cause.shows().activity().name().toLowerCase(Locale.ROOT)
        + ", "
        + cause.course().name().toLowerCase(Locale.ROOT)
        + " | "
        + (cause.kernels().from() == null ? "" : "from " + cause.kernels().from() + " ")
        + (fix == null
            ? ""
            : "to " + fix.mainline() + (fix.stable().isEmpty() ? "" : " " + fix.stable()))
        + " | "
        + cause.evidence().name().toLowerCase(Locale.ROOT)
        + " |";
  }

  private static List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !TABLES.contains(name))
          .toList();
    }
  }

  private static String text() throws IOException {
    try (InputStream in = Objects.requireNonNull(Causes.class.getResourceAsStream(ID + ".yaml"))) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
