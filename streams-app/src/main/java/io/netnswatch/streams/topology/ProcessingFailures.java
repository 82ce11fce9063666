package io.netnswatch.streams.topology;

import static java.util.Objects.requireNonNull;

import io.netnswatch.command.records.RegistryUnavailableException;
import io.netnswatch.schema.DeadLetterReason;
import io.netnswatch.streams.metrics.DetectorMetrics.Outcome;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the processors did not expect. What Kafka or the registry could not do is done again; any
 * other failure is a defect that a record has met, and its state may be half done: the transaction
 * is given up, and if it is met again the record becomes a dead letter.
 */
public final class ProcessingFailures implements ProcessingExceptionHandler {

  private static final Logger LOG = LoggerFactory.getLogger(ProcessingFailures.class);

  private @Nullable Safeguards configured;

  @Override
  public void configure(Map<String, ?> settings) {
    configured = Safeguards.from(settings);
  }

  @Override
  public Response handleError(ErrorHandlerContext context, Record<?, ?> record, Exception failure) {
    if (!isOfServers(failure) && context.topic() != null) {
      LOG.error(
          "{} at {}-{}@{} in {}",
          DeadLetterReason.FAILED,
          context.topic(),
          context.partition(),
          context.offset(),
          context.processorNodeId(),
          failure);
      safeguards()
          .quarantine()
          .failed(context.topic(), context.partition(), context.offset(), failure.toString());
    }
    safeguards().metrics().failure("processing", Outcome.REDONE);
    return Response.fail();
  }

  static boolean isOfServers(Exception failure) {
    return failure instanceof KafkaException || failure instanceof RegistryUnavailableException;
  }

  private Safeguards safeguards() {
    return requireNonNull(configured);
  }
}
