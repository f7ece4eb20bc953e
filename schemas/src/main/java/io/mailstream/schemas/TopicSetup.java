package io.mailstream.schemas;

import io.mailstream.v1.Lane;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the topics of an installation and checks that they are as {@link Topics} has them. */
public final class TopicSetup {

  private static final Logger LOG = LoggerFactory.getLogger(TopicSetup.class);
  private static final long TIMEOUT_SECONDS = 60;

  private TopicSetup() {}

  /**
   * Creates the topics that are not there, with the settings of {@link Topics#all()}. Those that
   * are there are left as they are.
   *
   * @param partitions the partition count, the same for all
   * @param replication the replication factor; -1: the cluster's default
   * @return the names of those created by this call
   * @throws KafkaException if one could not be created
   */
  public static Set<String> createMissing(
      Admin admin, Topics topics, int partitions, short replication) {
    Set<String> existing = get(admin.listTopics().names());
    List<NewTopic> missing =
        topics.all().stream()
            .filter(spec -> !existing.contains(spec.name()))
            .map(spec ->
                new NewTopic(spec.name(), partitions, replication)
                    .configs(config(spec, replication)))
            .toList();
    Set<String> created = new TreeSet<>();
    admin
        .createTopics(missing)
        .values()
        .forEach((name, result) -> {
          try {
            get(result);
            created.add(name);
          } catch (TopicExistsException e) {
            LOG.debug("Topic {} was created by somebody else, or by a request tried twice", name);
          }
        });
    awaitVisible(admin, missing.stream().map(NewTopic::name).collect(Collectors.toSet()));
    return created;
  }

  /** What was acknowledged must be on two brokers, wherever there are enough of them. */
  private static Map<String, String> config(Topics.TopicSpec spec, short replication) {
    Map<String, String> config = new HashMap<>(spec.config());
    if (replication >= 3) {
      config.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "2");
    }
    return config;
  }

  /**
   * The controller answers before the brokers have heard of the topics: without waiting, whoever
   * uses them next is told that they do not exist.
   */
  private static void awaitVisible(Admin admin, Set<String> names) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
    while (!names.isEmpty() && !isVisible(admin, names)) {
      if (System.nanoTime() > deadline) {
        throw new org.apache.kafka.common.errors.TimeoutException(
            "the brokers did not show the topics %s within %d s of their creation"
                .formatted(names, TIMEOUT_SECONDS));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptException("interrupted while the topics were being created");
      }
    }
  }

  private static boolean isVisible(Admin admin, Set<String> topics) {
    try {
      get(admin.describeTopics(topics).allTopicNames());
      return true;
    } catch (UnknownTopicOrPartitionException e) {
      return false;
    } catch (AuthorizationException e) {
      // Whoever may create but not describe cannot be told; verify says so.
      return true;
    }
  }

  /**
   * Checks that all topics are there, that those of {@link Topics#copartitioned()} have the same
   * partition count, and, where the cluster lets us read it, that each takes records as large as
   * {@link Topics} says.
   *
   * @return the partition count
   * @throws IllegalStateException if they are not so; it names every topic at fault and what to do
   */
  public static int verify(Admin admin, Topics topics) {
    List<String> faults = new ArrayList<>();
    Map<String, Integer> counts = partitionCounts(admin, topics, faults);
    Map<String, Integer> copartitioned = new TreeMap<>(counts);
    copartitioned.keySet().retainAll(topics.copartitioned());
    if (Set.copyOf(copartitioned.values()).size() > 1) {
      faults.add(
          "these topics must have the same partition count, but %s: create them anew with one"
              .formatted(
                  copartitioned.entrySet().stream()
                      .map(count -> count.getKey() + " has " + count.getValue())
                      .collect(Collectors.joining(", "))));
    }
    checkRecordSizes(admin, topics, counts.keySet(), faults);
    if (!faults.isEmpty()) {
      throw new IllegalStateException("topics are not as required: " + String.join("; ", faults));
    }
    return counts.get(topics.dispatch(Lane.BULK));
  }

  private static Map<String, Integer> partitionCounts(
      Admin admin, Topics topics, List<String> faults) {
    List<String> names = topics.all().stream().map(Topics.TopicSpec::name).toList();
    Map<String, KafkaFuture<TopicDescription>> described =
        admin.describeTopics(names).topicNameValues();
    Map<String, Integer> counts = new TreeMap<>();
    for (String name : names) {
      try {
        counts.put(name, get(described.get(name)).partitions().size());
      } catch (UnknownTopicOrPartitionException e) {
        faults.add("topic %s does not exist: create it".formatted(name));
      } catch (AuthorizationException e) {
        faults.add("topic %s may not be described: grant Describe".formatted(name));
      }
    }
    return counts;
  }

  private static void checkRecordSizes(
      Admin admin, Topics topics, Set<String> present, List<String> faults) {
    Map<String, Integer> wanted = new HashMap<>();
    topics.all().stream()
        .filter(spec -> present.contains(spec.name()))
        .forEach(spec ->
            wanted.put(
                spec.name(),
                Integer.valueOf(spec.config().get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG))));
    List<ConfigResource> resources =
        wanted.keySet().stream()
            .sorted()
            .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
            .toList();
    Map<ConfigResource, KafkaFuture<Config>> configs = admin.describeConfigs(resources).values();
    for (ConfigResource resource : resources) {
      try {
        ConfigEntry entry = get(configs.get(resource)).get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        int needed = wanted.get(resource.name());
        if (entry != null && Integer.parseInt(entry.value()) < needed) {
          faults.add(
              "topic %s has %s=%s: set it to at least %d"
                  .formatted(resource.name(), entry.name(), entry.value(), needed));
        }
      } catch (AuthorizationException e) {
        LOG.info("Settings of topic {} may not be read: not checked", resource.name());
      }
    }
  }

  /**
   * How long topics keep their records, as far as the cluster lets us read it.
   *
   * @return milliseconds by topic; negative: without end
   */
  public static Map<String, Long> retentions(Admin admin, List<String> names) {
    Map<String, Long> retentions = new TreeMap<>();
    List<ConfigResource> resources =
        names.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
    admin
        .describeConfigs(resources)
        .values()
        .forEach((resource, config) -> {
          try {
            ConfigEntry entry = get(config).get(TopicConfig.RETENTION_MS_CONFIG);
            if (entry != null) {
              retentions.put(resource.name(), Long.valueOf(entry.value()));
            }
          } catch (AuthorizationException e) {
            LOG.info("Settings of topic {} may not be read: its retention is not told", resource);
          }
        });
    return retentions;
  }

  private static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new KafkaException(e.getCause());
    } catch (TimeoutException e) {
      throw new org.apache.kafka.common.errors.TimeoutException(
          "the cluster did not answer within %d s: check bootstrap.servers"
              .formatted(TIMEOUT_SECONDS),
          e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
