package io.netnswatch.detection.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netnswatch.schema.KernelVerdict;
import io.netnswatch.schema.Severity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class SignaturesTest {

  private static final String LIVELOCK = "netns-cleanup-livelock";
  private static final Path FOLDER =
      Path.of("src/main/resources/io/netnswatch/detection/signature");

  @Test
  void eachFileIsShippedUnderItsName() throws IOException {
    assertThat(Signatures.shipped())
        .as("a new file is named in Signatures.SHIPPED, and has its name as id")
        .extracting(it -> it.id() + ".yaml")
        .containsExactlyInAnyOrderElementsOf(files());
  }

  @Test
  void theWorstComeFirst() {
    assertThat(Signatures.shipped())
        .extracting(Signature::severity)
        .isSorted()
        .startsWith(Severity.CRITICAL);
  }

  /** Before 4.17 a creation that is not seen to hang yet does so as soon as it is tried. */
  @Test
  void whatIsStuckIsTrueOfOldKernelsToo() {
    assertThat(Signatures.shipped())
        .filteredOn(it -> it.id().equals("netns-cleanup-stuck"))
        .first()
        .extracting(Signature::summary)
        .asString()
        .contains("Up to Linux 4.16 every creation needs that one lock", "From 4.17 on");
  }

  @Test
  void unknownKeyIsAnErrorThatNamesIt() throws IOException {
    String yaml = text() + "\nseverty: CRITICAL\n";

    assertThatThrownBy(() -> Signatures.parse("mine.yaml", yaml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("mine.yaml")
        .hasMessageContaining("severty");
  }

  @Test
  void missingKeyIsAnErrorThatNamesIt() throws IOException {
    String yaml = text().replaceAll("(?m)^runbook:.*$", "");

    assertThatThrownBy(() -> Signatures.parse("mine.yaml", yaml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("runbook is missing");
  }

  @Test
  void badRangeIsAnError() throws IOException {
    String yaml = text().replace("cpus: 0.1", "cpus: -1");

    assertThatThrownBy(() -> Signatures.parse("mine.yaml", yaml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("hot.cpus must be above 0");
  }

  @Test
  void anotherOfTheSameIdTakesTheShippedOnesPlace() throws IOException {
    Signature own = Signatures.parse("mine.yaml", text().replace("cpus: 0.1", "cpus: 0.9"));

    List<Signature> all = Signatures.shippedAnd(List.of(own));

    assertThat(all).hasSize(Signatures.shipped().size()).contains(own);
  }

  @Test
  void doubledIdIsAnError() throws IOException {
    Signature own = Signatures.parse("mine.yaml", text());

    assertThatThrownBy(() -> Signatures.shippedAnd(List.of(own, own)))
        .hasMessage("signature netns-cleanup-livelock is there twice");
  }

  @Test
  void referenceToAnUnknownSignatureIsAnError() throws IOException {
    Signature own = Signatures.parse("mine.yaml", text() + "\nunless: [no-such-thing]\n");

    assertThatThrownBy(() -> Signatures.shippedAnd(List.of(own)))
        .hasMessageContaining("unless names no other signature: no-such-thing");
  }

  @Test
  void hotCodeAloneIsNoSignature() throws IOException {
    String yaml = text().replaceAll("(?m)^blocked:\n(  .*\n)+", "");

    assertThatThrownBy(() -> Signatures.parse("mine.yaml", yaml))
        .hasMessageContaining("hot code alone is no incident");
  }

  @Test
  void folderOfOnesOwnIsReadAndItsPagesAreLookedFor(@TempDir Path folder) throws IOException {
    String own = text().replace("id: netns-cleanup-livelock", "id: ours");
    Files.writeString(folder.resolve("ours.yaml"), own.replace(LIVELOCK + ".md", "ours.md"));

    assertThatThrownBy(() -> SignatureFiles.read(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("runbook ours.md is neither beside it nor shipped");

    Files.writeString(folder.resolve("ours.md"), "# ours");
    assertThat(SignatureFiles.shippedAnd(folder)).extracting(Signature::id).contains("ours");
  }

  @Test
  void shippedPagesExist() {
    assertThat(Signatures.shipped())
        .allSatisfy(signature -> assertThat(Runbooks.exists(signature.runbook())).isTrue());
  }

  @ParameterizedTest
  @CsvFileSource(resources = "kernels.csv", numLinesToSkip = 1, delimiter = '|')
  void judgesKernels(String release, @Nullable String version, KernelVerdict verdict) {
    Signature signature =
        Signatures.shipped().stream()
            .filter(it -> it.id().equals(LIVELOCK))
            .findFirst()
            .orElseThrow();

    assertThat(signature.judge(new Kernel(release, version)).verdict()).isEqualTo(verdict);
  }

  private static List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static String text() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Signatures.class.getResourceAsStream(LIVELOCK + ".yaml"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
