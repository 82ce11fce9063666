package io.netnswatch.streams.http;

import io.netnswatch.command.Version;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.schema.Severity;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the detector was told at its start, without its secrets.
 *
 * @param version of netnswatch
 * @param bootstrapServers where Kafka is
 * @param schemaRegistryUrl where the registry is, without user and password
 * @param topicPrefix begins the topics' names
 * @param signatures what it looks for
 * @param hotSymbols kernel functions of any signature; one that ends with {@code *} stands for all
 *     that begin so
 */
public record About(
    String version,
    String bootstrapServers,
    String schemaRegistryUrl,
    String topicPrefix,
    List<Rule> signatures,
    List<String> hotSymbols) {

  /** A signature in a few words. */
  public record Rule(String id, String version, Severity severity, String headline) {}

  public About {
    signatures = List.copyOf(signatures);
    hotSymbols = List.copyOf(hotSymbols);
  }

  /** A detector on that cluster, by these signatures. */
  public static About of(Cluster kafka, List<Signature> signatures) {
    return new About(
        Version.current(),
        kafka.bootstrapServers(),
        kafka.schemaRegistryUrl().replaceAll("//[^/@]*@", "//"),
        kafka.topics().prefix(),
        signatures.stream()
            .map(it -> new Rule(it.id(), it.version(), it.severity(), it.headline()))
            .toList(),
        signatures.stream()
            .map(Signature::hot)
            .flatMap(Stream::ofNullable)
            .flatMap(it -> it.symbols().stream())
            .distinct()
            .sorted()
            .toList());
  }
}
