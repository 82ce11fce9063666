package io.netnswatch.streams.topology;

import io.netnswatch.command.records.RegistryUnavailableException;
import io.netnswatch.command.records.UnusableRecordException;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.schema.DeadLetterReason;
import io.netnswatch.schema.RecordTime;
import io.netnswatch.streams.intake.Oversize;
import io.netnswatch.streams.metrics.DetectorMetrics;
import io.netnswatch.streams.records.Telemetry;
import io.netnswatch.streams.records.TelemetryDecoder;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bytes in; telemetry to the detection, what can't be used to the dead letters. */
final class DecodeProcessor implements Processor<byte[], byte[], byte[], Object> {

  private static final Logger LOG = LoggerFactory.getLogger(DecodeProcessor.class);

  private final TelemetryDecoder decoder;
  private final Safeguards safeguards;
  private final DetectorMetrics metrics;
  private ProcessorContext<byte[], Object> context;

  DecodeProcessor(TelemetryDecoder decoder, Safeguards safeguards) {
    this.decoder = decoder;
    this.safeguards = safeguards;
    this.metrics = safeguards.metrics();
  }

  @Override
  public void init(ProcessorContext<byte[], Object> context) {
    this.context = context;
  }

  /** From here on the record bears its own timestamp again. */
  @Override
  public void process(Record<byte[], byte[]> merged) {
    RecordMetadata origin = context.recordMetadata().orElseThrow();
    safeguards
        .inFlight()
        .taken(new TopicPartition(origin.topic(), origin.partition()), origin.offset());
    metrics.received(origin.topic());
    long timestampMs = MergeOrder.takeOwnTimestamp(merged.headers());
    Record<byte[], byte[]> record = merged.withTimestamp(Math.max(0, timestampMs));
    Telemetry telemetry;
    try {
      telemetry = decode(record, timestampMs, origin);
    } catch (UnusableRecordException e) {
      metrics.deadLetter(e.reason());
      context.forward(
          DeadLetter.of(
              record,
              origin.topic(),
              origin.partition(),
              origin.offset(),
              e.reason(),
              String.valueOf(e.getMessage())),
          DetectorTopology.DEAD_LETTERS);
      return;
    }
    context.forward(record.withValue(telemetry), DetectorTopology.DETECT);
  }

  private Telemetry decode(Record<byte[], byte[]> record, long timestampMs, RecordMetadata origin)
      throws UnusableRecordException {
    TopicPartition partition = new TopicPartition(origin.topic(), origin.partition());
    String failed = safeguards.quarantine().objection(partition, origin.offset());
    if (!failed.isEmpty()) {
      throw new UnusableRecordException(DeadLetterReason.FAILED, failed, null);
    }
    OptionalLong cutFrom = Oversize.cutFrom(record.headers(), record.value());
    if (cutFrom.isPresent()) {
      throw new UnusableRecordException(
          DeadLetterReason.INVALID,
          "the value has " + cutFrom.getAsLong() + " bytes, more than telemetry can have",
          null);
    }
    SourceRef source = new SourceRef(origin.topic(), origin.partition(), origin.offset());
    Telemetry telemetry;
    try {
      telemetry = decoder.decode(record.key(), record.value(), source);
    } catch (RegistryUnavailableException | AuthorizationException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("can't decode {}-{}@{}", source.topic(), source.partition(), source.offset(), e);
      throw new UnusableRecordException(DeadLetterReason.FAILED, e.toString(), e);
    }
    Optional<String> wrongTime =
        RecordTime.objection(telemetry.evidence().eventTimeMs(), timestampMs);
    if (wrongTime.isPresent()) {
      throw new UnusableRecordException(DeadLetterReason.WRONG_TIME, wrongTime.get(), null);
    }
    return telemetry;
  }
}
