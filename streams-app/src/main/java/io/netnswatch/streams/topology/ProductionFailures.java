package io.netnswatch.streams.topology;

import static java.util.Objects.requireNonNull;

import io.netnswatch.streams.metrics.DetectorMetrics.Outcome;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker refused what was to be written. The transaction is lost with it, whatever is answered
 * here; but where the record is at fault, that for which it was written is not tried for ever.
 */
public final class ProductionFailures implements ProductionExceptionHandler {

  private static final Logger LOG = LoggerFactory.getLogger(ProductionFailures.class);

  private @Nullable Safeguards configured;

  @Override
  public void configure(Map<String, ?> settings) {
    configured = Safeguards.from(settings);
  }

  @Override
  public Response handleError(
      ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception refused) {
    if (refused instanceof RetriableException && !(refused instanceof InvalidRecordException)) {
      safeguards().metrics().failure("production", Outcome.RETRIED);
      return Response.retry();
    }
    if (isOfRecord(refused)) {
      quarantine(context, record.topic(), refused);
    }
    safeguards().metrics().failure("production", Outcome.REDONE);
    return Response.fail();
  }

  @Override
  @SuppressWarnings("rawtypes") // as in the interface
  public Response handleSerializationError(
      ErrorHandlerContext context,
      ProducerRecord record,
      Exception defect,
      SerializationExceptionOrigin origin) {
    quarantine(context, record.topic(), defect);
    safeguards().metrics().failure("production", Outcome.REDONE);
    return Response.fail();
  }

  private void quarantine(ErrorHandlerContext context, String topic, Exception refused) {
    LOG.error(
        "{} refused what {}-{}@{} led to: {}",
        topic,
        context.topic(),
        context.partition(),
        context.offset(),
        refused.toString());
    if (context.topic() != null) {
      safeguards()
          .quarantine()
          .failed(
              context.topic(),
              context.partition(),
              context.offset(),
              topic + " refused: " + refused);
    }
  }

  private static boolean isOfRecord(Exception refused) {
    return refused instanceof RecordTooLargeException
        || refused instanceof InvalidTimestampException
        || refused instanceof InvalidRecordException;
  }

  private Safeguards safeguards() {
    return requireNonNull(configured);
  }
}
