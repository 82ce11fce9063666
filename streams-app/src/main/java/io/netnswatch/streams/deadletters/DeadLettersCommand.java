package io.netnswatch.streams.deadletters;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netnswatch.command.Commands;
import io.netnswatch.command.Range;
import io.netnswatch.command.Version;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.command.cluster.ClusterOptions;
import io.netnswatch.command.records.RegistryUnavailableException;
import io.netnswatch.command.records.TelemetryDeserializer;
import io.netnswatch.command.records.UnusableRecordException;
import io.netnswatch.schema.DeadLetterReason;
import io.netnswatch.schema.RecordJson;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.streams.deadletters.Letter.Place;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code netnswatch dead-letters}: what could not be used, and why; and once more, after a fix. */
@Command(
    name = "dead-letters",
    description = {
      "Shows the records that the detector could not use, newest last.",
      "With --republish sends them back to their topics, once what was wrong is right."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    showDefaultValues = true,
    sortOptions = false)
public final class DeadLettersCommand implements Callable<Integer> {

  private static final int BATCH = 500;
  private static final int SHOWN_BYTES = 256;
  private static final int SHOWN_ERROR = 80;

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      description = "Only these: ${COMPLETION-CANDIDATES}.")
  private @Nullable DeadLetterReason reason;

  @Option(names = "--host", paramLabel = "HOST", description = "Only records with this key.")
  private @Nullable String host;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Only those that came in from then on, e.g. 2026-11-22T15:00:00Z.")
  private @Nullable Instant from;

  @Range(min = "1", max = "1000000")
  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "At most so many are listed, the newest.")
  private int limit = 50;

  @Option(
      names = "--show",
      paramLabel = "PARTITION@OFFSET",
      converter = PlaceConverter.class,
      description = "One of them in depth, by its place in the first column.")
  private @Nullable Place place;

  @Option(
      names = "--republish",
      description =
          "Says which would be sent back to their topics; sends them with --yes. None goes back"
              + " twice; those that were late would be late again and stay.")
  private boolean republish;

  @Option(names = "--yes", description = "With --republish: really.")
  private boolean yes;

  @Option(names = "--json", description = "One JSON object for each.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] args) {
    System.exit(Commands.run(new DeadLettersCommand(), args));
  }

  @Override
  public Integer call() throws IOException {
    if (yes && !republish) {
      throw new ParameterException(spec.commandLine(), "--yes goes with --republish");
    }
    Cluster kafka = cluster.cluster();
    if (republish && yes && place == null) {
      sendBack(kafka);
      return 0;
    }
    Mailbox mailbox = read(kafka);
    List<Letter> chosen = chosen(mailbox);
    if (place != null) {
      return show(kafka, chosen) ? 0 : 1;
    }
    if (republish) {
      int sendable = sendable(kafka, mailbox, chosen).size();
      print("%,d would be sent back; add --yes to do it%n", sendable);
    } else {
      list(mailbox, chosen);
    }
    return 0;
  }

  private Mailbox read(Cluster kafka) {
    PrintWriter err = spec.commandLine().getErr();
    try (KafkaConsumer<byte[], byte[]> consumer = kafka.consumer()) {
      return Mailbox.read(
          consumer,
          kafka.topics().deadLetters(),
          fromMs(),
          read -> {
            if (read >= BATCH) {
              err.printf("\r%,d records read", read);
              err.flush();
            }
          });
    }
  }

  private List<Letter> chosen(Mailbox mailbox) {
    return mailbox.letters().stream().filter(this::isChosen).toList();
  }

  private boolean isChosen(Letter letter) {
    return (reason == null || letter.reason().equals(reason.name()))
        && (host == null || letter.host().equals(host))
        && (place == null || letter.place().equals(place));
  }

  private void list(Mailbox mailbox, List<Letter> letters) {
    PrintWriter out = spec.commandLine().getOut();
    List<Letter> shown =
        letters.stream()
            .sorted(Comparator.comparing(Letter::sourceTimestamp))
            .skip(Math.max(0, letters.size() - limit))
            .toList();
    if (json) {
      shown.forEach(letter -> out.println(json(letter, mailbox.isSentBack(letter))));
      out.flush();
      return;
    }
    String row = "%-12s %-24s %-15s %-24s %-44s %s%n";
    out.printf(row, "PLACE", "TIME", "REASON", "HOST", "FROM", "WHAT IS WRONG");
    for (Letter letter : shown) {
      out.printf(
          row,
          letter.place(),
          letter.sourceTimestamp(),
          letter.reason(),
          printable(letter.host()),
          letter.source(),
          (mailbox.isSentBack(letter) ? "(sent back) " : "") + shortened(letter.error()));
    }
    Map<String, Long> byReason =
        letters.stream()
            .collect(Collectors.groupingBy(Letter::reason, TreeMap::new, Collectors.counting()));
    out.printf("%n%,d dead letters %s%n", letters.size(), byReason.isEmpty() ? "" : byReason);
    out.flush();
  }

  private boolean show(Cluster kafka, List<Letter> chosen) {
    PrintWriter out = spec.commandLine().getOut();
    if (chosen.isEmpty()) {
      spec.commandLine().getErr().println("dead-letters: nothing at " + place);
      return false;
    }
    Letter letter = chosen.get(0);
    for (Header header : letter.headers()) {
      out.println(header.key() + ": " + printable(Letter.text(letter.headers(), header.key())));
    }
    out.println("key: " + printable(letter.host()));
    byte[] value = letter.value();
    out.println(
        value == null
            ? "no value"
            : value.length
                + " bytes, begins with "
                + HexFormat.of().formatHex(value, 0, Math.min(value.length, SHOWN_BYTES)));
    out.println(decoded(kafka, letter));
    out.flush();
    return true;
  }

  /** What it says, or why it can't be told. */
  private static String decoded(Cluster kafka, Letter letter) {
    try {
      TelemetryEvent event =
          new TelemetryDeserializer(kafka.registry())
              .deserialize(letter.sourceTopic(), letter.key(), letter.value());
      return "decodes now as " + RecordJson.of(event.value()).toPrettyString();
    } catch (UnusableRecordException | RegistryUnavailableException e) {
      return "can't be decoded: " + e.getMessage();
    }
  }

  /**
   * All who send back share a transactional id, and take it before they read: who took it earlier
   * can't send any more, so what is read here as not sent back stays so.
   */
  private void sendBack(Cluster kafka) {
    Map<String, Object> config = kafka.clientSettings();
    config.put(
        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
        "netnswatch-dead-letters-" + kafka.topics().prefix());
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      SendBack sender = new SendBack(kafka.topics(), producer);
      Mailbox mailbox = read(kafka);
      List<Letter> sendable = sendable(kafka, mailbox, chosen(mailbox));
      for (int i = 0; i < sendable.size(); i += BATCH) {
        sender.send(sendable.subList(i, Math.min(i + BATCH, sendable.size())));
      }
      print("%,d sent back%n", sendable.size());
    }
  }

  /** Says how many stay, and why. */
  private List<Letter> sendable(Cluster kafka, Mailbox mailbox, List<Letter> chosen) {
    List<Letter> sendable = new ArrayList<>();
    Map<String, Integer> objections = new TreeMap<>();
    for (Letter letter : chosen) {
      Optional<String> objection =
          SendBack.objection(letter, mailbox.isSentBack(letter), kafka.topics());
      objection.ifPresentOrElse(
          why -> objections.merge(why, 1, Integer::sum), () -> sendable.add(letter));
    }
    objections.forEach((why, count) -> print("%,d stay: each %s%n", count, why));
    return sendable;
  }

  private void print(String format, Object... values) {
    spec.commandLine().getOut().printf(format, values).flush();
  }

  private static String json(Letter letter, boolean isSentBack) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("place", letter.place().toString());
    object.put("source_timestamp", letter.sourceTimestamp().toString());
    object.put("reason", letter.reason());
    object.put("error", letter.error());
    object.put("source", letter.source());
    object.put("key", letter.host());
    object.put("value_bytes", letter.value() == null ? null : letter.value().length);
    object.put("republished_count", letter.republished());
    object.put("sent_back", isSentBack);
    return object.toString();
  }

  private long fromMs() {
    return from == null ? 0 : from.toEpochMilli();
  }

  private static final class PlaceConverter implements ITypeConverter<Place> {

    @Override
    public Place convert(String text) {
      try {
        return Place.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  /** Hostile bytes must not steer the terminal. */
  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  private static String shortened(String text) {
    String line = printable(text);
    return line.length() <= SHOWN_ERROR ? line : line.substring(0, SHOWN_ERROR) + "…";
  }
}
