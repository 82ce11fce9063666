package io.netnswatch.collector.publish;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.netnswatch.collector.publish.Delivery.Outcome.Published;
import io.netnswatch.collector.publish.Delivery.Outcome.Refused;
import io.netnswatch.collector.spool.EventId;
import io.netnswatch.collector.spool.Partition;
import io.netnswatch.schema.SendTime;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Delivers through an idempotent producer; a new one takes over when one has failed. */
public final class KafkaDelivery implements Delivery {

  private static final Set<Integer> REFUSED_FOR_GOOD = Set.of(409, 422);

  private final Supplier<Producer<String, SpecificRecord>> producers;
  private final PublishedTail tail;
  private final Topics topics;
  private final SendTime sendTime = new SendTime(InstantSource.system());
  private final Set<EventId> published = new HashSet<>();
  private @Nullable Producer<String, SpecificRecord> producer;
  private boolean closed;

  /**
   * A delivery whose first producer is made at once.
   *
   * @param producers makes a producer; all of them are closed in the end
   * @param tail reads what this host has published
   * @throws KafkaException if the settings can't be used
   */
  public KafkaDelivery(
      Supplier<Producer<String, SpecificRecord>> producers, PublishedTail tail, Topics topics) {
    this.producers = producers;
    this.tail = tail;
    this.topics = topics;
    this.producer = producers.get();
  }

  @Override
  public Map<Partition, Long> locate(Map<Partition, Long> known) {
    PublishedTail.Found found = tail.read(known);
    published.addAll(found.events());
    return found.events().isEmpty() ? found.ends() : readAgain(known, found.ends());
  }

  /** What was found is known here alone until it is settled: a crash must let it be found again. */
  private static Map<Partition, Long> readAgain(
      Map<Partition, Long> known, Map<Partition, Long> ends) {
    Map<Partition, Long> begins = new HashMap<>(ends);
    begins.replaceAll((at, end) -> Math.min(end, known.getOrDefault(at, end)));
    return begins;
  }

  @Override
  public Receipt deliver(List<TelemetryEvent> events) {
    List<Sent> sent = new ArrayList<>();
    RuntimeException failure = null;
    for (TelemetryEvent event : events) {
      try {
        sent.add(send(event));
      } catch (RuntimeException e) {
        failure = e;
        break;
      }
    }
    return receipt(sent, failure);
  }

  /** An event and its outcome, which may have to be waited for. */
  private record Sent(TelemetryEvent event, Supplier<Outcome> outcome) {}

  private Sent send(TelemetryEvent event) {
    String topic = topics.topicOf(event.value());
    if (published.contains(EventId.of(event.value()))) {
      return new Sent(event, () -> new Published(topic, null, -1));
    }
    ProducerRecord<String, SpecificRecord> record =
        new ProducerRecord<>(
            topic, null, event.eventTime().toEpochMilli(), event.host(), event.value());
    record.headers().add(SendTime.HEADER, sendTime.next());
    try {
      Future<RecordMetadata> promise = producer().send(record);
      return new Sent(event, () -> outcome(promise));
    } catch (KafkaException e) {
      Outcome refusal = refusal(e).orElse(null);
      if (refusal != null) {
        return new Sent(event, () -> refusal);
      }
      if (!(e instanceof SerializationException || e instanceof TimeoutException)) {
        abandonProducer();
      }
      throw e;
    }
  }

  private Receipt receipt(List<Sent> sent, @Nullable RuntimeException failedToSend) {
    List<Outcome> settled = new ArrayList<>();
    RuntimeException failure = null;
    for (Sent one : sent) {
      try {
        Outcome outcome = one.outcome().get();
        if (failure == null) {
          settled.add(outcome);
        } else if (outcome instanceof Published) {
          published.add(EventId.of(one.event().value())); // it is not to be sent a second time
        }
      } catch (RuntimeException e) {
        failure = failure == null ? e : failure;
      }
    }
    boolean inDoubt = failure != null;
    if (inDoubt) {
      abandonProducer();
    }
    return new Receipt(settled, inDoubt ? failure : failedToSend, inDoubt);
  }

  private static Outcome outcome(Future<RecordMetadata> promise) {
    try {
      RecordMetadata at = promise.get();
      return new Published(at.topic(), new Partition(at.topic(), at.partition()), at.offset());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      RuntimeException cause =
          e.getCause() instanceof RuntimeException known
              ? known
              : new KafkaException(String.valueOf(e.getMessage()), e);
      return refusal(cause).orElseThrow(() -> cause);
    }
  }

  /** The outcome if trying again can't help; empty if broker or registry may take it later. */
  private static Optional<Outcome> refusal(RuntimeException failure) {
    if (failure instanceof InvalidTimestampException) {
      return refused(
          failure,
          "the broker refuses the event's time: the clock of this host is wrong, or the broker's");
    }
    if (failure instanceof RecordTooLargeException) {
      return refused(failure, String.valueOf(failure.getMessage()));
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof RestClientException answer
          && REFUSED_FOR_GOOD.contains(answer.getStatus())) {
        return refused(failure, "the registry refuses the schema: " + answer.getMessage());
      }
    }
    return Optional.empty();
  }

  private static Optional<Outcome> refused(RuntimeException failure, String words) {
    return Optional.of(new Refused(failure.getClass().getSimpleName(), words));
  }

  private synchronized Producer<String, SpecificRecord> producer() {
    if (closed) {
      throw new KafkaException("closed");
    }
    if (producer == null) {
      producer = producers.get();
    }
    return producer;
  }

  private synchronized void abandonProducer() {
    if (producer != null) {
      producer.close(Duration.ZERO);
      producer = null;
    }
  }

  @Override
  public synchronized void close(Duration limit) {
    closed = true;
    if (producer != null) {
      producer.close(limit);
    }
  }
}
