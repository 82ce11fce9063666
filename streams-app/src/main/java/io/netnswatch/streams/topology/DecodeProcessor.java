package io.netnswatch.streams.topology;

import io.netnswatch.command.records.UnusableRecordException;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.streams.metrics.DetectorMetrics;
import io.netnswatch.streams.records.Telemetry;
import io.netnswatch.streams.records.TelemetryDecoder;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Bytes in; telemetry to the detection, what can't be used to the dead letters. */
final class DecodeProcessor implements Processor<byte[], byte[], byte[], Object> {

  private final TelemetryDecoder decoder;
  private final DetectorMetrics metrics;
  private ProcessorContext<byte[], Object> context;

  DecodeProcessor(TelemetryDecoder decoder, DetectorMetrics metrics) {
    this.decoder = decoder;
    this.metrics = metrics;
  }

  @Override
  public void init(ProcessorContext<byte[], Object> context) {
    this.context = context;
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    RecordMetadata origin = context.recordMetadata().orElseThrow();
    metrics.received(origin.topic());
    SourceRef source = new SourceRef(origin.topic(), origin.partition(), origin.offset());
    try {
      Telemetry telemetry = decoder.decode(record.key(), record.value(), source);
      context.forward(record.withValue(telemetry), DetectorTopology.DETECT);
    } catch (UnusableRecordException e) {
      metrics.deadLetter(e.reason());
      context.forward(
          DeadLetter.of(record, origin, e.reason(), String.valueOf(e.getMessage())),
          DetectorTopology.DEAD_LETTERS);
    }
  }
}
