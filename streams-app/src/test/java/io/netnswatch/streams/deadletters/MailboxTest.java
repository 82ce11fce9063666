package io.netnswatch.streams.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.schema.DeadLetterHeaders;
import io.netnswatch.schema.Topics;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class MailboxTest {

  private static final Topics TOPICS = Topics.withDefaultPrefix();

  private final Mailbox mailbox = new Mailbox();

  @Test
  void aMarkIsNoLetterAndSaysWhichWasSentBack() {
    mailbox.add(record(0, Map.of(DeadLetterHeaders.REASON, "INVALID")));
    mailbox.add(record(1, Map.of(DeadLetterHeaders.REASON, "INVALID")));
    mailbox.add(record(2, Map.of(DeadLetterHeaders.REPUBLISHED, "0@1")));

    assertThat(mailbox.letters()).extracting(mailbox::isSentBack).containsExactly(false, true);
  }

  /** Whoever may write telemetry chooses its headers, and a dead letter keeps them. */
  @Test
  void aLetterWhoseRecordPretendedToBeAMarkIsStillALetter() {
    mailbox.add(record(0, Map.of(DeadLetterHeaders.REASON, "INVALID")));
    mailbox.add(
        record(
            1,
            Map.of(DeadLetterHeaders.REASON, "UNDECODABLE", DeadLetterHeaders.REPUBLISHED, "0@0")));
    mailbox.add(
        record(
            2,
            Map.of(
                DeadLetterHeaders.REASON, "UNDECODABLE", DeadLetterHeaders.REPUBLISHED, "junk")));

    assertThat(mailbox.letters())
        .extracting(mailbox::isSentBack)
        .containsExactly(false, false, false);
  }

  @Test
  void lateOnesThoseThatKeepFailingAndForeignOnesStay() {
    Map<String, String> invalid =
        Map.of(
            DeadLetterHeaders.REASON,
            "INVALID",
            DeadLetterHeaders.SOURCE_TOPIC,
            TOPICS.perfSamples());
    Letter good = Letter.of(record(0, invalid));
    Letter late = Letter.of(record(1, with(invalid, DeadLetterHeaders.REASON, "LATE")));
    Letter again = Letter.of(record(2, with(invalid, DeadLetterHeaders.REPUBLISHED_COUNT, "3")));
    Letter foreign =
        Letter.of(record(3, with(invalid, DeadLetterHeaders.SOURCE_TOPIC, TOPICS.incidents())));

    assertThat(SendBack.objection(good, false, TOPICS)).isEmpty();
    assertThat(SendBack.objection(good, true, TOPICS)).hasValue("was sent back already");
    assertThat(SendBack.objection(late, false, TOPICS).orElseThrow()).contains("late again");
    assertThat(SendBack.objection(again, false, TOPICS)).hasValue("has failed 4 times");
    assertThat(SendBack.objection(foreign, false, TOPICS).orElseThrow()).contains("telemetry");
  }

  private static Map<String, String> with(Map<String, String> headers, String name, String value) {
    Map<String, String> changed = new java.util.HashMap<>(headers);
    changed.put(name, value);
    return changed;
  }

  private static ConsumerRecord<byte[], byte[]> record(long offset, Map<String, String> headers) {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>(TOPICS.deadLetters(), 0, offset, "host".getBytes(UTF_8), new byte[1]);
    headers.forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
    return record;
  }
}
