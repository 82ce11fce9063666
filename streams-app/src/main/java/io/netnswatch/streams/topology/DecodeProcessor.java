package io.netnswatch.streams.topology;

import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.streams.records.UnusableRecordException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Bytes in; telemetry to the detection, what can't be used to the dead letters. */
final class DecodeProcessor implements Processor<byte[], byte[], byte[], Object> {

  private final TelemetryDecoder decoder;
  private ProcessorContext<byte[], Object> context;
  private DeadLetterCounter deadLetters;

  DecodeProcessor(TelemetryDecoder decoder) {
    this.decoder = decoder;
  }

  @Override
  public void init(ProcessorContext<byte[], Object> context) {
    this.context = context;
    this.deadLetters =
        new DeadLetterCounter(context.metrics(), context.taskId(), DetectorTopology.DECODE);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    RecordMetadata origin = context.recordMetadata().orElseThrow();
    SourceRef source = new SourceRef(origin.topic(), origin.partition(), origin.offset());
    try {
      Telemetry telemetry = decoder.decode(record.key(), record.value(), source);
      context.forward(record.withValue(telemetry), DetectorTopology.DETECT);
    } catch (UnusableRecordException e) {
      deadLetters.count(e.reason());
      context.forward(
          DeadLetter.of(record, origin, e.reason(), String.valueOf(e.getMessage())),
          DetectorTopology.DEAD_LETTERS);
    }
  }
}
