package io.netnswatch.endtoend;

import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * The rights that streams-app/README.md says are enough, read from its table: what is documented is
 * what is tested.
 */
final class MinimalAcls {

  /** | detector | Topic, prefixed | `name` | Read, Write |. */
  private static final Pattern ROW =
      Pattern.compile("\\| (\\w+) \\| (\\w+)(, prefixed)? \\| (`.*`) \\| ([\\w, ]+) \\|");

  private MinimalAcls() {}

  /** All rows of the table, for topics with the default prefix. */
  static List<AclBinding> documented(Path home) throws IOException {
    List<AclBinding> acls = new ArrayList<>();
    for (String line : Files.readAllLines(home.resolve("streams-app/README.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        for (String name : row.group(4).split(", ", -1)) {
          for (String operation : row.group(5).split(", ", -1)) {
            acls.add(acl(row, name.replace("`", ""), operation));
          }
        }
      }
    }
    if (acls.stream().noneMatch(it -> it.pattern().name().startsWith(Topics.DEFAULT_PREFIX))) {
      throw new IllegalStateException("no table of rights in streams-app/README.md");
    }
    return acls;
  }

  private static AclBinding acl(Matcher row, String name, String operation) {
    return new AclBinding(
        new ResourcePattern(
            named(ResourceType.values(), row.group(2)),
            name,
            row.group(3) == null ? PatternType.LITERAL : PatternType.PREFIXED),
        new AccessControlEntry(
            "User:" + row.group(1),
            "*",
            named(AclOperation.values(), operation),
            AclPermissionType.ALLOW));
  }

  /** As kafka-acls writes it: DescribeConfigs is DESCRIBE_CONFIGS. */
  private static <E extends Enum<E>> E named(E[] values, String name) {
    return Stream.of(values)
        .filter(it -> it.name().replace("_", "").equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no right or resource: " + name));
  }
}
