package io.netnswatch.benchmarks;

import io.netnswatch.benchmarks.peers.DslJoin;
import io.netnswatch.benchmarks.peers.FlinkJoin;
import io.netnswatch.command.cluster.Cluster;
import java.nio.file.Path;
import org.apache.kafka.streams.StreamsConfig;

/** All that read the same events, from the bare limit to the peers. */
enum Contenders {
  CONSUME("consume only") {
    @Override
    Contender open(Cluster cluster, Path work) {
      return Consuming.only(cluster);
    }
  },
  CONSUME_DECODE_WHOLE("consume, decode with Confluent's deserializer") {
    @Override
    Contender open(Cluster cluster, Path work) {
      return Consuming.decodingWhole(cluster);
    }
  },
  CONSUME_DECODE("consume, decode as the detector does") {
    @Override
    Contender open(Cluster cluster, Path work) {
      return Consuming.decoding(cluster);
    }
  },
  TOPOLOGY_DECODE("topology: decode only") {
    @Override
    Contender open(Cluster cluster, Path work) {
      return Streaming.decodeOnly(cluster, work);
    }
  },
  TOPOLOGY_STORE("topology: get and put of 200 bytes, no decoding") {
    @Override
    Contender open(Cluster cluster, Path work) {
      return Streaming.storeOnly(cluster, work);
    }
  },
  DETECTOR("**detector, exactly once**") {
    @Override
    Contender open(Cluster cluster, Path work) {
      return Streaming.detector(cluster, work, StreamsConfig.EXACTLY_ONCE_V2);
    }
  },
  DETECTOR_AT_LEAST_ONCE("detector, at least once") {
    @Override
    Contender open(Cluster cluster, Path work) {
      return Streaming.detector(cluster, work, StreamsConfig.AT_LEAST_ONCE);
    }
  },
  DSL_WHOLE("DSL joins of whole events, exactly once") {
    @Override
    Contender open(Cluster cluster, Path work) {
      return Streaming.dsl(cluster, work, DslJoin.Events.WHOLE);
    }
  },
  DSL_REDUCED("DSL joins of events reduced to 16 bytes, exactly once") {
    @Override
    Contender open(Cluster cluster, Path work) {
      return Streaming.dsl(cluster, work, DslJoin.Events.REDUCED);
    }
  },
  DSL_FILTERED("DSL joins of only what speaks for a livelock, exactly once") {
    @Override
    Contender open(Cluster cluster, Path work) {
      return Streaming.dsl(cluster, work, DslJoin.Events.FILTERED);
    }
  },
  FLINK("Flink interval joins of reduced events, heap state, exactly once") {
    @Override
    Contender open(Cluster cluster, Path work) {
      return new Flink(
          new FlinkJoin(
              cluster.bootstrapServers(), cluster.schemaRegistryUrl(), cluster.topics(), work));
    }
  };

  private final String words;

  Contenders(String words) {
    this.words = words;
  }

  /** What it is. */
  String words() {
    return words;
  }

  /** As it is to be started, in a directory of its own. */
  abstract Contender open(Cluster cluster, Path work);
}
