package io.netnswatch.streams.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netnswatch.schema.DeadLetterHeaders;
import io.netnswatch.schema.DeadLetterReason;
import io.netnswatch.schema.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Sends letters back to the topics they came from. Each batch is one transaction with the marks in
 * the dead letters' topic that say so: nothing goes back twice, whenever this is broken off.
 */
final class SendBack {

  /** A record that failed so often is not going to be better. */
  static final int MAX_TIMES = 3;

  private final Topics topics;
  private final Producer<byte[], byte[]> producer;

  /** Sends by a transactional producer that has been initialized. */
  SendBack(Topics topics, Producer<byte[], byte[]> producer) {
    this.topics = topics;
    this.producer = producer;
  }

  /** Why a letter must not go back; empty if it may. */
  static Optional<String> objection(Letter letter, boolean isSentBack, Topics topics) {
    if (isSentBack) {
      return Optional.of("was sent back already");
    }
    if (letter.reason().equals(DeadLetterReason.LATE.name())) {
      return Optional.of("would be late again; a replay of its topic judges it");
    }
    if (letter.reason().equals(DeadLetterReason.WRONG_TIME.name())) {
      return Optional.of("would have the wrong time again");
    }
    if (letter.isCut()) {
      return Optional.of("is only the beginning of a record that is too large");
    }
    if (letter.republished() >= MAX_TIMES) {
      return Optional.of("has failed " + (letter.republished() + 1) + " times");
    }
    if (!topics.telemetry().contains(letter.sourceTopic())) {
      return Optional.of("does not come from a topic of telemetry");
    }
    return Optional.empty();
  }

  /**
   * Sends all or none of them.
   *
   * @return the records sent, the marks among them; committing has made sure of each
   */
  List<Future<RecordMetadata>> send(List<Letter> letters) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    producer.beginTransaction();
    for (Letter letter : letters) {
      sent.add(producer.send(original(letter)));
      sent.add(producer.send(mark(letter)));
    }
    producer.commitTransaction();
    return sent;
  }

  private static ProducerRecord<byte[], byte[]> original(Letter letter) {
    RecordHeaders headers = new RecordHeaders();
    for (Header header : letter.headers()) {
      if (!header.key().startsWith("netnswatch.")) {
        headers.add(header);
      }
    }
    headers.add(
        DeadLetterHeaders.REPUBLISHED_COUNT,
        Integer.toString(letter.republished() + 1).getBytes(UTF_8));
    return new ProducerRecord<>(
        letter.sourceTopic(),
        null,
        letter.sourceTimestamp().toEpochMilli(),
        letter.key(),
        letter.value(),
        headers);
  }

  private ProducerRecord<byte[], byte[]> mark(Letter letter) {
    RecordHeaders headers = new RecordHeaders();
    headers.add(DeadLetterHeaders.REPUBLISHED, letter.place().toString().getBytes(UTF_8));
    return new ProducerRecord<>(topics.deadLetters(), null, null, letter.key(), null, headers);
  }
}
