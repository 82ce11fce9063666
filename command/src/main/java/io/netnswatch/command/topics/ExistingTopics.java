package io.netnswatch.command.topics;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Which topics there are. */
public final class ExistingTopics {

  private ExistingTopics() {}

  /**
   * How many partitions those of the topics have that exist, by name.
   *
   * @throws TopicAuthorizationException if some may not be described; names them
   * @throws ExecutionException if the broker can't say
   */
  public static Map<String, Integer> partitions(Admin admin, Collection<String> topics)
      throws ExecutionException, InterruptedException {
    Map<String, Integer> partitions = new TreeMap<>();
    of(admin, topics)
        .forEach((topic, description) -> partitions.put(topic, description.partitions().size()));
    return partitions;
  }

  /**
   * Those of the topics that exist, by name.
   *
   * @throws TopicAuthorizationException if some may not be described; names them, as the broker's
   *     own does not
   * @throws ExecutionException if the broker can't say
   */
  public static Map<String, TopicDescription> of(Admin admin, Collection<String> topics)
      throws ExecutionException, InterruptedException {
    Map<String, TopicDescription> existing = new TreeMap<>();
    Set<String> forbidden = new TreeSet<>();
    for (var topic : admin.describeTopics(topics).topicNameValues().entrySet()) {
      try {
        existing.put(topic.getKey(), topic.getValue().get());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof TopicAuthorizationException) {
          forbidden.add(topic.getKey());
        } else if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
      }
    }
    if (!forbidden.isEmpty()) {
      throw new TopicAuthorizationException("not allowed to describe", forbidden);
    }
    return existing;
  }
}
